"""The catalogue: every component by family and name, discovered from the classes that exist; and `build`.

The catalogue is closed: a spec can choose a class that has been imported, never name one to import.
"""

import inspect
import json
import types
import typing
from functools import cache
from typing import Any, TypeVar

from .component import Component
from .errors import UsageError, unknown

C = TypeVar("C", bound=Component)


def families() -> dict[str, type[Component]]:
    """Family base classes by the name of their package (`likelihoods`): the direct subclasses of `Component`."""
    bases: dict[str, type[Component]] = {}
    for base in Component.__subclasses__():
        package, *rest = base.__module__.split(".")
        if package == "jamjae":
            bases[rest[0]] = base
    return dict(sorted(bases.items()))


def members(family: type[C]) -> dict[str, type[C]]:
    """Concrete members of a family by name. The package's own come first: nothing can shadow them."""
    found: dict[str, type[C]] = {}
    for cls in sorted(_below(family), key=lambda c: not c.__module__.startswith("jamjae.")):
        if not inspect.isabstract(cls) and cls.__doc__:
            found.setdefault(cls.name(), cls)
    return dict(sorted(found.items()))


def _below(cls: type[C]) -> list[type[C]]:
    return [cls, *(b for child in cls.__subclasses__() for b in _below(child))]


def build(family: type[C], spec: str | dict[str, Any], **sizes: Any) -> C:
    """Make the component that a spec describes.

    Arguments:
        family: The family's base class, e.g. `Likelihood`.
        spec: A name, or `{"name": ..., option: value}`; nested components are specs in their turn. Values may be
            strings, as the command line gives them: they are converted by annotation.
        sizes: event, latent, entries, inputs, outputs, context, labels: handed to the constructors that ask for them.
            The parts inside a component get those that its `inner` makes of them.

    Raises:
        UsageError: For an unknown name or option (with the nearest spelling) or a value of the wrong type.
    """
    spec = {"name": spec} if isinstance(spec, str) else dict(spec)
    name = spec.pop("name", None)
    cls = find(family, name)
    check_options(cls, spec)
    hints = {**dict.fromkeys(cls.arguments(), Any), **typing.get_type_hints(cls.__init__)}
    completed = {k: _completed(cls.parts.get(k), v) for k, v in spec.items()}
    given = {k: v for k, v in sizes.items() if k in cls.arguments()} | cls.parts | completed
    plain = {k: convert(hints[k], v, f"{cls.name()}.{k}") for k, v in given.items() if _part_in(hints[k]) is None}
    defaults = {k: p.default for k, p in cls.arguments().items() if p.default is not inspect.Parameter.empty}
    inner = cls.inner({**defaults, **sizes, **plain})
    nested = {k: revive(hints[k], v, inner) for k, v in given.items() if k not in plain}
    return cls(**plain, **nested)


def _completed(default: Any, value: Any) -> Any:
    """Options without a name belong to the part that is there by default."""
    nameless = isinstance(default, dict) and isinstance(value, dict) and "name" not in value
    return {**default, **value} if nameless else value


def find(family: type[C], name: Any) -> type[C]:
    """The class of that name, or an error with the nearest spelling."""
    known = members(family)
    if name is None:
        raise UsageError(f"choose the {family.__name__.lower()} before its options. Known: {', '.join(known)}.")
    if name not in known:
        raise unknown(family.__name__.lower(), name, known)
    return known[name]


def check_options(cls: type[Component], options: dict[str, Any]) -> None:
    """Refuse options that the constructor does not have."""
    for option in options:
        if option not in cls.arguments():
            raise unknown(f"option of {cls.name()}", option, cls.options())


def revive(hint: Any, value: Any, sizes: dict[str, Any]) -> Any:
    """The part (or parts) of an annotation from specs; None and finished components stay as they are."""
    if isinstance(value, (str, dict)):
        family = _part_in(hint)
        return None if family is None or value == "none" else build(family, value, **sizes)
    return tuple(revive(hint, v, sizes) for v in value) if isinstance(value, (list, tuple)) else value


def _part_in(hint: Any) -> type[Component] | None:
    """The family of an annotation: a component, an optional one or a tuple of them; None for plain values."""
    if inspect.isclass(hint) and issubclass(hint, Component):
        return hint
    nested = (types.UnionType, typing.Union, tuple)
    inside = typing.get_args(hint) if typing.get_origin(hint) in nested else ()
    return next((found for h in inside if (found := _part_in(h)) is not None), None)


def convert(hint: Any, value: Any, where: str) -> Any:
    """A plain value as the type of its annotation; `"200,200"` becomes a tuple where a tuple is asked for.

    Example:
        >>> convert(tuple[int, ...], "200,200", "widths"), convert(float, "1e-3", "floor")
        ((200, 200), 0.001)
        >>> convert(tuple[tuple[float, ...], ...], "[[-3,0],[3,0]]", "means")
        ((-3.0, 0.0), (3.0, 0.0))
    """
    from pydantic import ValidationError

    if isinstance(value, str) and _wants_tuple(hint):
        value = _listed(value)
    try:
        return _adapter(hint).validate_python(value)
    except ValidationError as error:
        rule = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise UsageError(f"`{where}`: {rule[0].lower() + rule[1:]}; got {value!r}.") from None


def _listed(text: str) -> Any:
    """The entries of a list as the command line has it; lists inside lists are JSON, and text where they are not."""
    inner = text.strip()[1:]
    if "[" not in inner:
        return [v.strip() for v in text.strip("()[] ").split(",") if v.strip()]
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _wants_tuple(hint: Any) -> bool:
    options = (hint, *typing.get_args(hint))
    return any(typing.get_origin(h) is tuple for h in options)


@cache
def _adapter(hint: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(hint)
