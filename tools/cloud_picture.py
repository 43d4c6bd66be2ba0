"""The platform as a picture, of the boxes and arrows that its templates make; the order of stacks is chosen here."""

from collections.abc import Iterator, Mapping
from html import escape

from cloud_graph import ROWS, Edge, Node, Template, found_in, word

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN, HEAD = 200, 78, 64, 96, 28, 34
BOLD, SMALL = 'font-weight="bold"', 'font-size="12"'
_ON_CURVE = (0.26, 0.74)


def svg_of(templates: Mapping[str, Template], language: str) -> str:
    """Picture as SVG."""
    drawn = found_in(templates, language)
    places: dict[str, tuple[float, float]] = {}
    parts: list[str] = []
    y, right = float(MARGIN), 0.0
    for stack in ROWS:
        row = [key for key, node in drawn.nodes.items() if node.stack == stack]
        if not row:
            continue
        for at, key in enumerate(row):
            places[key] = (MARGIN + 16 + at * (WIDTH + GAP_X), y + HEAD)
        width = len(row) * (WIDTH + GAP_X) - GAP_X + 32
        right = max(right, width)
        parts.append(
            f'<rect x="{MARGIN}" y="{y}" width="{width}" height="{HEIGHT + HEAD + 16}" rx="6" fill="#f4f4f2" '
            f'stroke="#8a8a8a"/><text x="{MARGIN + 16}" y="{y + 23}" font-weight="bold">{escape(stack)}</text>'
        )
        y += HEIGHT + HEAD + 16 + GAP_Y
    parts += [_arrow(edge, verbs, places, language) for edge, verbs in _together(drawn.edges)]
    parts += [_box(drawn.nodes[key], place, language) for key, place in places.items()]
    total, height = right + 2 * MARGIN, y - GAP_Y + MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total:.0f} {height:.0f}" role="img" '
        f'font-family="Helvetica, Arial, sans-serif" font-size="14"><title>{word("title", language)}</title>'
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#1f4e79"/></marker></defs>'
        f'<rect width="{total:.0f}" height="{height:.0f}" fill="#fff"/>'
    )
    return "\n".join([head, *parts, "</svg>\n"])


def _together(edges: set[Edge]) -> Iterator[tuple[Edge, list[str]]]:
    """One arrow for each pair of boxes, with all its verbs."""
    pairs: dict[tuple[str, str], set[str]] = {}
    for edge in edges:
        pairs.setdefault((edge.source, edge.target), set()).add(edge.verb)
    for (source, target), verbs in sorted(pairs.items()):
        yield Edge(source, target, ""), sorted(verbs)


def _box(node: Node, place: tuple[float, float], language: str) -> str:
    x, y = place
    rows = [word(node.kind, language), *node.lines]
    top = y + HEIGHT / 2 - 9 * (len(rows) - 1) + 5
    texts = "".join(
        f'<text x="{x + WIDTH / 2}" y="{top + 18 * at}" text-anchor="middle" '
        f"{SMALL if at else BOLD}>{escape(row)}</text>"
        for at, row in enumerate(rows)
    )
    return f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="4" fill="#fff" stroke="#333"/>{texts}'


def _arrow(edge: Edge, verbs: list[str], places: Mapping[str, tuple[float, float]], language: str) -> str:
    (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
    label = escape(", ".join(word(verb, language) for verb in verbs))
    if y1 == y2:
        forward = x2 > x1
        start, end = (x1 + WIDTH, x2) if forward else (x1, x2 + WIDTH)
        beside = abs(x2 - x1) <= WIDTH + GAP_X
        middle = y1 + HEIGHT / 2
        if beside:
            path = f"M{start} {middle}L{end} {middle}"
            at = ((start + end) / 2, middle - 6)
        else:
            above = y1 - 12
            path = f"M{x1 + WIDTH / 2} {y1}C{x1 + WIDTH / 2} {above} {x2 + WIDTH / 2} {above} {x2 + WIDTH / 2} {y2}"
            at = ((x1 + x2 + WIDTH) / 2, y1 - 12)
    else:
        down = y2 > y1
        start, end = (y1 + HEIGHT, y2) if down else (y1, y2 + HEIGHT)
        shift = (hash_of(edge) % 5 - 2) * 22
        from_x, to_x = x1 + WIDTH / 2 + shift, x2 + WIDTH / 2 + shift
        bend = (end - start) / 2
        path = f"M{from_x} {start}C{from_x} {start + bend} {to_x} {end - bend} {to_x} {end}"
        # The point of the curve at two thirds of its way.
        at = (from_x * _ON_CURVE[0] + to_x * _ON_CURVE[1], start + (end - start) * 0.63)
    return (
        f'<path d="{path}" fill="none" stroke="#1f4e79" stroke-width="1.5" marker-end="url(#tip)"/>'
        f'<text x="{at[0]:.0f}" y="{at[1]:.0f}" text-anchor="middle" font-size="12" fill="#1f4e79" '
        f'paint-order="stroke" stroke="#fff" stroke-width="4">{label}</text>'
    )


def hash_of(edge: Edge) -> int:
    """Number of an arrow, the same in every run: arrows between near boxes should not lie on one another."""
    return sum(map(ord, edge.source + edge.target))
