"""A form of a page as a browser without JavaScript sees it: what it would send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class ShownForm(HTMLParser):
    """Fields of the forms of a page whose action ends with a given text."""

    action: str
    values: dict[str, str] = field(default_factory=dict[str, str])
    names: set[str] = field(default_factory=set[str])
    labelled: set[str] = field(default_factory=set[str])
    ids: set[str] = field(default_factory=set[str])
    attributes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    options: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def __post_init__(self) -> None:
        super().__init__()
        self._inside, self._select = False, ""

    @classmethod
    def of(cls, page: str, action: str) -> "ShownForm":
        """Form of `page`."""
        form = cls(action)
        form.feed(page)
        assert form.names, page
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read a tag."""
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.ids.add(found["id"])
        if tag == "form":
            self._inside = found.get("action", "").endswith(self.action)
        elif tag == "label":
            self.labelled.add(found.get("for", ""))
        elif self._inside and tag in {"input", "select"}:
            self._field(tag, found)
        elif self._inside and tag == "option" and self._select:
            self.options[self._select].append(found["value"])
            if "selected" in found:
                self.values[self._select] = found["value"]

    def handle_endtag(self, tag: str) -> None:
        """End a form."""
        if tag == "form":
            self._inside = False
        if tag == "select":
            self._select = ""

    def _field(self, tag: str, found: dict[str, str]) -> None:
        name, kind = found.get("name", ""), found.get("type", "text")
        self.names.add(name)
        self.attributes[found.get("id", name)] = found
        if tag == "select":
            self._select, self.values[name], self.options[name] = name, "", []
        elif kind in {"checkbox", "radio"}:
            if "checked" in found:
                self.values[name] = found["value"]
        elif kind != "file":
            self.values[name] = found.get("value", "")
