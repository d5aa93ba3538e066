"""The reliability diagram of a model card: predicted probability against observed share."""

_SIZE, _EDGE = 300, 40  # the square and the margin around it, in pixels


def reliability_plot(rows: list[tuple[float, float, int]]) -> str:
    """Return a diagram in SVG of rows (mean probability, share right, count), with diagonal."""
    points = "".join(map(_point, rows))
    ticks = "".join(map(_tick, range(0, 11, 2)))
    full = _SIZE + 2 * _EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full} {full}" role="img" '
        'font-family="sans-serif" font-size="11">\n'
        "<title>People: predicted probability and observed share</title>\n"
        f'<rect width="{full}" height="{full}" fill="white"/>\n'
        f'<path d="M{_x(0)} {_y(0)}H{_x(1)}V{_y(1)}H{_x(0)}ZL{_x(1)} {_y(1)}" '
        'fill="none" stroke="#888"/>\n'
        f"{ticks}{points}"
        f'<text x="{_x(0.5)}" y="{full - 6}" text-anchor="middle">predicted probability</text>\n'
        f'<text transform="translate(12 {_y(0.5)}) rotate(-90)" text-anchor="middle">'
        "share that is a person</text>\n</svg>\n"
    )


def _x(value: float) -> float:
    return round(_EDGE + value * _SIZE, 1)


def _y(value: float) -> float:
    return round(_EDGE + (1 - value) * _SIZE, 1)


def _tick(tenth: int) -> str:
    value = tenth / 10
    return (
        f'<text x="{_x(value)}" y="{_y(0) + 14}" text-anchor="middle">{value}</text>'
        f'<text x="{_x(0) - 6}" y="{_y(value) + 4}" text-anchor="end">{value}</text>\n'
    )


def _point(row: tuple[float, float, int]) -> str:
    said, true, count = row
    return (
        f'<circle cx="{_x(said)}" cy="{_y(true)}" r="4" fill="#05a"><title>{count} candidates: '
        f"{said:.3f} predicted, {true:.3f} observed</title></circle>\n"
    )
