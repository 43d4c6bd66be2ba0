"""JSON pointers (RFC 6901) that never repeat what somebody invented."""

LONGEST = 64
"""Characters of a name that may be repeated."""


def may_be_told(name: str) -> bool:
    """Whether a field's name is plain enough to stand in a message or a log."""
    return 0 < len(name) <= LONGEST and name.isascii() and name.isprintable()


def below(pointer: str, name: str) -> str:
    """Pointer to the field `name` of what stands at `pointer`; to the whole where the name cannot be told."""
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}" if may_be_told(name) else pointer
