"""A comparison as text that fits a terminal of 100 columns."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from .arm import Arm, Cell
from .claims import Claim, Finding
from .difference import EXAMPLES, Difference
from .row import Row
from .verdict import UNDEFINED

WIDTH = 100
HEAD = ("metric", "arm", "mean ± spread", "difference to {}, 95 %", "verdict")
WIDEST = (18, 22, 26, 32, 14)  # of each column; longer words are cut


def table(arms: Sequence[Arm], rows: Sequence[Row], claims: Sequence[Claim], remarks: Sequence[str]) -> str:
    """The table, what is behind it, and the claims."""
    head = tuple(h.format(arms[0].title) for h in HEAD)
    lines = [head, *(line for row in rows for line in of_metric(row, arms))]
    said = ["\n".join(notes(arms, rows)), "\n".join(map(filled, remarks))]
    blocks = ["\n".join(columns(lines)), *said, *(told(claim) for claim in claims)]
    return "\n\n".join(block for block in blocks if block)


def of_metric(row: Row, arms: Sequence[Arm]) -> Iterator[tuple[str, ...]]:
    """The lines of a metric, one an arm; none where no arm has a value."""
    if all(cell.value is None for cell in row.cells):
        return
    for number, (arm, cell) in enumerate(zip(arms, row.cells, strict=True)):
        against = row.against[number - 1] if number else None
        shown = ("", "") if against is None else (spoken(against.difference), against.verdict)
        yield (row.name if number == 0 else "", arm.title, value(cell), *shown)


def value(cell: Cell) -> str:
    """A mean with its spread over seeds; of a single run its interval.

    Example:
        >>> from jamjae.comparison.arm import Cell
        >>> value(Cell(-21.312, 0.1234, (-22.0, -20.0), 5, "", "")), value(Cell(1.0, None, (0.5, 1.5), 1, "", ""))
        ('-21.31 ± 0.12', '1 [0.5, 1.5]')
    """
    if cell.value is None:
        return "undefined"
    if cell.spread is not None:
        return f"{cell.value:.4g} ± {cell.spread:.2g}"
    return f"{cell.value:.4g}" + (f" [{cell.interval[0]:.4g}, {cell.interval[1]:.4g}]" if cell.interval else "")


def spoken(found: Difference) -> str:
    """A difference with its interval.

    Example:
        >>> spoken(Difference(1.5, (0.5, 2.5), 5)), spoken(Difference(2.0, None, 3, reason="all seeds agree"))
        ('+1.5 [+0.5, +2.5]', '+2 (all seeds agree)')
    """
    if found.value is None:
        return ""
    if found.interval is None:
        return f"{found.value:+.3g}" + (f" ({found.reason})" if found.reason.startswith("all ") else "")
    return f"{found.value:+.3g} [{found.interval[0]:+.3g}, {found.interval[1]:+.3g}]"


def columns(lines: Sequence[Sequence[str]], widest: Sequence[int] = WIDEST) -> list[str]:
    """Lines with columns, each as wide as its longest word; words longer than `widest` are cut.

    Example:
        >>> columns([("a", "bc"), ("defghi", "j")], (4, 4))
        ['a     bc', 'def…  j']
    """
    cut = [[c if len(c) <= w else c[: w - 1] + "…" for c, w in zip(line, widest, strict=True)] for line in lines]
    widths = [max(map(len, column)) for column in zip(*cut, strict=True)]
    gap = " " if sum(widths) + 8 > WIDTH else "  "
    return [gap.join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in cut]


def notes(arms: Sequence[Arm], rows: Sequence[Row]) -> list[str]:
    """Why verdicts are not more, and every warning, once each."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        for reason in remarked(arms, row):
            reasons.setdefault(reason, []).append(row.name)
    return [filled(f"{', '.join(dict.fromkeys(names))}: {reason}") for reason, names in reasons.items()]


def remarked(arms: Sequence[Arm], row: Row) -> Iterator[str]:
    """Why verdicts on a metric are not more, why arms have no value, and their warnings."""
    if all(cell.value is None and cell.reason == row.cells[0].reason for cell in row.cells):
        yield f"undefined: {row.cells[0].reason}"
        return
    yield from (f"{one.verdict}: {one.why}" for one in row.against if one.why and one.verdict != UNDEFINED)
    for arm, cell in zip(arms, row.cells, strict=True):
        if cell.reason:
            yield f"{arm.title} undefined{'' if cell.value is None else ' for some seeds'}: {cell.reason}"
        if cell.flag:
            yield f"{arm.title}: {cell.flag}"


def told(claim: Claim) -> str:
    """A claim as text."""
    lines = [filled(f"“{claim.text}”: {claim.outcome}."), filled(claim.tested)]
    return "\n".join([*lines, *(filled(sentence(f), "  ") for f in claim.findings)])


def sentence(found: Finding) -> str:
    """What one number of a claim says."""
    one, other = (f"{name} {value(cell)}" for name, cell in zip((found.one, found.other), found.cells, strict=True))
    change = spoken(found.against.difference)
    difference = f"; difference {change}{over(found.against.difference)}" if change else ""
    why = f" ({found.why})" if found.why else ""
    return f"{found.metric}, {found.one} {found.says}: {one}, {other}{difference}: {found.outcome}{why}."


def over(found: Difference) -> str:
    """What an interval is over."""
    if found.interval is None:
        return ""
    return f" over {found.pairs:,} test examples" if found.over == EXAMPLES else f" over {found.pairs} seeds"


def filled(text: str, indent: str = "") -> str:
    """Text in lines of at most 100 columns."""
    return "\n".join(wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  "))
