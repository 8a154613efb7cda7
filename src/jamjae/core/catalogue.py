"""The catalogue: every component by family and name, discovered from the classes that exist; and `build`.

The catalogue is closed: a spec can choose a class that has been imported, never name one to import.
"""

import inspect
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
        sizes: event, latent, inputs, outputs, context: handed to the constructors that ask for them.

    Raises:
        UsageError: For an unknown name or option (with the nearest spelling) or a value of the wrong type.
    """
    spec = {"name": spec} if isinstance(spec, str) else dict(spec)
    name = spec.pop("name", None)
    cls = find(family, name)
    check_options(cls, spec)
    hints = typing.get_type_hints(cls.__init__)
    given = {k: v for k, v in sizes.items() if k in cls.arguments()} | spec
    return cls(**{k: revive(hints.get(k, Any), v, f"{cls.name()}.{k}", sizes) for k, v in given.items()})


def find(family: type[C], name: Any) -> type[C]:
    """The class of that name, or an error with the nearest spelling."""
    known = members(family)
    if name not in known:
        raise unknown(family.__name__.lower(), name, known)
    return known[name]


def check_options(cls: type[Component], options: dict[str, Any]) -> None:
    """Refuse options that the constructor does not have."""
    for option in options:
        if option not in cls.arguments():
            raise unknown(f"option of {cls.name()}", option, cls.options())


def revive(hint: Any, value: Any, where: str, sizes: dict[str, Any]) -> Any:
    """A JSON or command-line value as the type of its annotation."""
    family = _component_in(hint)
    if family is not None and isinstance(value, (str, dict)):
        return build(family, value, **sizes)
    if isinstance(value, Component):
        return value
    if typing.get_origin(hint) is tuple and _component_in(typing.get_args(hint)[0]):
        return tuple(revive(typing.get_args(hint)[0], v, where, sizes) for v in value)
    return convert(hint, value, where)


def _component_in(hint: Any) -> type[Component] | None:
    options = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
    return next((h for h in options if inspect.isclass(h) and issubclass(h, Component)), None)


def convert(hint: Any, value: Any, where: str) -> Any:
    """A plain value as the type of its annotation; `"200,200"` becomes a tuple where a tuple is asked for.

    Example:
        >>> convert(tuple[int, ...], "200,200", "widths"), convert(float, "1e-3", "floor")
        ((200, 200), 0.001)
    """
    from pydantic import ValidationError

    if isinstance(value, str) and _wants_tuple(hint):
        value = [v.strip() for v in value.strip("()[] ").split(",") if v.strip()]
    try:
        return _adapter(hint).validate_python(value)
    except ValidationError as error:
        rule = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise UsageError(f"`{where}`: {rule[0].lower() + rule[1:]}; got {value!r}.") from None


def _wants_tuple(hint: Any) -> bool:
    options = (hint, *typing.get_args(hint))
    return any(typing.get_origin(h) is tuple for h in options)


@cache
def _adapter(hint: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(hint)
