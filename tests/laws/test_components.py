"""Laws that every component obeys, whatever its family."""

import ast
import doctest
import gc
import inspect
import re
import subprocess
import sys
import typing
from pathlib import Path

import pytest
import torch
from discovered import classes, examples, family_of, make, own, rebuilt, scrambled
from torch import nn

import jamjae
from jamjae.core import Component, families
from jamjae.core.reference import references, section

SOURCE = Path(jamjae.__file__).parent


@pytest.mark.parametrize("cls", classes())
def test_defaults_suffice_unless_an_argument_is_a_part(cls):
    required = [n for n, p in cls.arguments().items() if p.default is inspect.Parameter.empty]
    hints = typing.get_type_hints(cls.__init__)
    assert all(inspect.isclass(hints[n]) and issubclass(hints[n], Component) for n in required)
    if not required:
        assert isinstance(cls(), cls)


@pytest.mark.parametrize("cls", classes())
def test_examples_are_instances_and_there_is_one(cls):
    found = list(cls.examples())
    assert found and all(type(one) is cls for one in found)


@pytest.mark.parametrize("which", examples())
def test_spec_and_weights_rebuild_the_component(which):
    component = scrambled(make(which))
    again = rebuilt(component)
    assert again.spec() == component.spec() and repr(again) == repr(component)
    before, after = component.state_dict(), again.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("which", examples())
def test_arguments_are_stored_under_their_own_names(which):
    component = make(which)
    assert all(name in vars(component) | component._modules for name in component.arguments())


@pytest.mark.parametrize("cls", classes())
def test_documented_arguments_are_the_signature(cls):
    documented = re.findall(r"^(\w+):", section(cls.__doc__, "Arguments"), flags=re.MULTILINE)
    assert documented == list(cls.arguments())


@pytest.mark.parametrize("which", examples())
def test_reference_unless_there_is_nothing_to_refer_to(which):
    component = make(which)
    if component.arguments() or component.state_dict():  # with neither, it is the absence of a method
        found = references(type(component))
        assert found and all(re.search(r"\((17|18|19|20)\d\d\).*https://\S+$", r) for r in found), found


@pytest.mark.parametrize("cls", classes())
def test_docstring_has_an_example_that_runs(cls):
    assert doctest.DocTestParser().get_examples(section(cls.__doc__, "Example"))


@pytest.mark.parametrize("cls", classes())
def test_first_sentence_is_a_line_that_a_table_can_show(cls):
    assert inspect.cleandoc(cls.__doc__).split("\n\n")[0].rstrip().endswith((".", ":"))


@pytest.mark.parametrize("cls", classes())
def test_at_most_six_options(cls):
    assert len(cls.options()) <= 6


@pytest.mark.parametrize("cls", classes())
def test_argument_names_collide_with_nothing(cls):
    assert not set(cls.arguments()) & set(dir(nn.Module()))
    assert not set(cls.arguments()) & (set(dir(Component)) - set(dir(nn.Module())))


@pytest.mark.parametrize("cls", classes())
def test_every_argument_has_a_type(cls):
    assert set(cls.arguments()) <= set(typing.get_type_hints(cls.__init__))


@pytest.mark.parametrize("family", families().values(), ids=families())
def test_one_option_name_has_one_type_in_a_family(family):
    types: dict[str, object] = {}
    for cls in own(family):
        hints = typing.get_type_hints(cls.__init__)
        for name in cls.arguments():
            assert types.setdefault(name, hints[name]) == hints[name], f"{cls.__name__}.{name}"


@pytest.mark.parametrize("family", families().values(), ids=families())
def test_names_are_unique_in_a_family(family):
    def below(cls):
        return [cls, *(b for child in cls.__subclasses__() for b in below(child))]

    gc.collect()  # tracers make subclasses of what they trace, for as long as they need them
    concrete = [c for c in below(family) if not inspect.isabstract(c) and c.__module__.startswith("jamjae.")]
    assert len({c.name() for c in concrete}) == len(set(concrete)) == len(own(family))


@pytest.mark.parametrize("cls", classes())
def test_family_is_the_package(cls):
    assert families()[cls.__module__.split(".")[1]] is family_of(cls)


def defining_modules() -> dict[str, list[str]]:
    """Package name to its modules that define a class with a docstring section `Arguments` or `Example` and a base."""
    found: dict[str, list[str]] = {}
    for path in sorted(SOURCE.glob("*/*.py")):
        package, stem = path.parent.name, path.stem
        if package in families() and any(isinstance(n, ast.ClassDef) for n in ast.walk(ast.parse(path.read_text()))):
            found.setdefault(package, []).append(stem)
    return found


@pytest.mark.parametrize("package", families())
def test_importing_the_package_imports_every_file_with_a_class(package):
    wanted = [f"jamjae.{package}.{stem}" for stem in defining_modules()[package]]
    code = f"import sys, jamjae.{package}; print(*(m for m in {wanted!r} if m not in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [], "import it in the package's __init__.py"
