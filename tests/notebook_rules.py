"""The notebook rules: what the reader of any notebook may rely on.

A question, its parameters, its imports, sections that are questions and end in one thing to
look at, the limits. No outputs, no programming, no number typed into a sentence.
"""

import ast
import io
import re
import tokenize
from typing import Any

LONGEST_CELL = 8
CHOOSES_LANGUAGE = "ht.language.use(lang)"
TYPES = {"str": str, "int": int, "float": (int, float), "bool": bool, "list[str]": list}

PROGRAMMING = {
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "def",
    ast.ClassDef: "class",
    ast.For: "for",
    ast.While: "while",
    ast.With: "with",
    ast.Try: "try",
    ast.If: "if",
    ast.Lambda: "lambda",
    ast.ListComp: "a loop",
    ast.SetComp: "a loop",
    ast.DictComp: "a loop",
    ast.GeneratorExp: "a loop",
}
STYLING = re.compile(
    r"plt|pyplot|matplotlib|seaborn|rcParams|style|set_(?!index)\w+|savefig|figsize"
)
FILES = re.compile(r"[/\\]|\.(csv|json|yml|txt|html|png|ipynb)$")
ALLOWED_DIGITS = re.compile(
    r"`[^`]*`"  # code
    r"|\]\([^)]*\)"  # the target of a link
    r"|\bper 100,000\b"  # the unit of a rate
    r"|\b[Ss]ections? \d+(\.\d+)*"
    r"|\b\d\d-[a-z]+"  # another notebook
)
SPELLED = re.compile(
    r"\b(eleven|twelve|\w+teen|(twen|thir|for|fif|six|seven|eigh|nine)ty(-\w+)?"
    r"|hundred|thousand|million|billion)\b",
    re.IGNORECASE,
)

Cell = dict[str, Any]


def text(cell: Cell) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def is_parameters(cell: Cell) -> bool:
    return "parameters" in cell["metadata"].get("tags", [])


def headings(cell: Cell) -> list[tuple[int, str]]:
    found = re.findall(r"^(#+) (.+)$", text(cell), flags=re.MULTILINE)
    return [(len(marks), title.strip()) for marks, title in found]


def problems(notebook: dict[str, Any]) -> list[str]:
    """Everything in which a notebook departs from the rules."""
    cells = notebook["cells"]
    return [
        *storage_problems(notebook),
        *question_problems(cells[0]),
        *order_problems(cells),
        *section_problems(cells),
        *[found for cell in cells if cell["cell_type"] == "markdown" for found in prose(cell)],
        *[found for cell in cells if cell["cell_type"] == "code" for found in code(cell)],
    ]


def storage_problems(notebook: dict[str, Any]) -> list[str]:
    found = []
    ids = [cell.get("id", "") for cell in notebook["cells"]]
    for cell, name in zip(notebook["cells"], ids, strict=True):
        if cell.get("outputs") or cell.get("execution_count") is not None:
            found.append(f"cell {name}: stored output")
        if set(cell["metadata"]) - {"tags"}:
            found.append(f"cell {name}: metadata {sorted(set(cell['metadata']) - {'tags'})}")
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            found.append(f"cell id {name!r}: should be lower-case words")
        elif re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]+)?", name):
            found.append(f"cell id {name!r}: should be a name, not a random number")
        if ids.count(name) > 1:
            found.append(f"cell id {name!r}: not unique")
    if notebook["metadata"].get("kernelspec", {}).get("name") != "python3":
        found.append("kernel: should be python3")
    if set(notebook["metadata"].get("language_info", {})) - {"name"}:
        found.append("language_info: should have the name alone, the rest is of one machine")
    extra = set(notebook["metadata"]) - {"kernelspec", "language_info", "title"}
    if extra:
        found.append(f"notebook metadata {sorted(extra)}")
    if (notebook["nbformat"], notebook["nbformat_minor"]) != (4, 5):
        found.append("format: should be 4.5")
    return found


def question_problems(first: Cell) -> list[str]:
    titles = headings(first)
    if first["cell_type"] != "markdown" or [level for level, _ in titles] != [1]:
        return ["first cell: should be one H1 and what is done"]
    found = [] if titles[0][1].endswith("?") else [f"H1 {titles[0][1]!r}: not a question"]
    said = text(first).partition("\n")[2]
    if len(re.findall(r"[.;:](\s|$)", said)) < 2:
        found.append("first cell: should say in some sentences what, which data, which method")
    if ".csv`" not in said:
        found.append("first cell: should name its tables")
    return found


def order_problems(cells: list[Cell]) -> list[str]:
    tagged = [index for index, cell in enumerate(cells) if is_parameters(cell)]
    programs = [index for index, cell in enumerate(cells) if cell["cell_type"] == "code"]
    if len(tagged) != 1:
        return [f"{len(tagged)} cells tagged parameters; should be one"]
    if tagged[0] != programs[0]:
        return ["the parameters should be the first code cell"]
    imports = [index for index in programs if has_imports(text(cells[index]))]
    if imports != [tagged[0] + 1]:
        return ["one import cell should follow the parameters at once, and no other cell import"]
    done = parsed(cells[imports[0]])
    chooses = [ast.unparse(node) for node in done[-1:]] == [CHOOSES_LANGUAGE]
    others = done[:-1] if chooses else done
    if not all(isinstance(node, ast.Import | ast.ImportFrom) for node in others):
        return [f"the import cell should only import, and may end in {CHOOSES_LANGUAGE}"]
    if chooses != ("lang: str" in text(cells[tagged[0]])):
        return [f"a parameter lang and {CHOOSES_LANGUAGE} after the imports go together"]
    return []


def has_imports(source: str) -> bool:
    return bool(re.search(r"^\s*(import|from) \w", source, flags=re.MULTILINE))


def section_problems(cells: list[Cell]) -> list[str]:
    found: list[str] = []
    sections: list[tuple[str, list[Cell]]] = []
    for cell in cells[1:]:
        titles = headings(cell) if cell["cell_type"] == "markdown" else []
        if [level for level, _ in titles] not in ([], [2]):
            found.append(f"cell {cell['id']}: a section has one H2 and no other heading")
        if titles:
            sections.append((titles[0][1], []))
            if not text(cell).partition("\n")[2].strip():
                found.append(f"section {titles[0][1]!r}: should say how to read what follows")
        elif cell["cell_type"] == "code" and sections:
            sections[-1][1].append(cell)
    if not sections or "limits" not in sections[-1][0].lower():
        found.append("the last section should be the limits")
    for title, programs in sections[:-1]:
        if not title.endswith("?"):
            found.append(f"H2 {title!r}: not a question")
        if not programs:
            found.append(f"section {title!r}: shows nothing")
    shown = [cell for _, programs in sections for cell in programs]
    return found + [f"cell {cell['id']}: {why}" for cell in shown if (why := not_one_thing(cell))]


def not_one_thing(cell: Cell) -> str:
    shown = [isinstance(node, ast.Expr) for node in parsed(cell)]
    if sum(shown) == 1 and shown[-1]:
        return ""
    return "should end in exactly one thing shown"


def prose(cell: Cell) -> list[str]:
    left = ALLOWED_DIGITS.sub("", text(cell))
    typed = [match.group() for match in re.finditer(r"\S*\d\S*", left)]
    spelled = [match.group() for match in SPELLED.finditer(left)]
    return [f"cell {cell['id']}: number {word!r} typed into prose" for word in typed + spelled]


def parsed(cell: Cell) -> list[ast.stmt]:
    try:
        return ast.parse(text(cell)).body
    except SyntaxError:
        return []


def code(cell: Cell) -> list[str]:
    where = f"cell {cell['id']}"
    try:
        tree = ast.parse(text(cell))
    except SyntaxError as error:
        return [f"{where}: not Python: {error.msg}"]
    if is_parameters(cell):
        return [f"{where}: {why}" for why in parameter_problems(tree, text(cell))]
    found = [f"{where}: {word}" for node in ast.walk(tree) if (word := PROGRAMMING.get(type(node)))]
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    names += [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    names += [node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg]
    imported = [node.name for node in ast.walk(tree) if isinstance(node, ast.alias)]
    names += [part for name in imported for part in name.split(".")]
    found += [f"{where}: styling {name!r}" for name in names if STYLING.fullmatch(name)]
    found += [f"{where}: path {name!r}" for name in names if name in ("Path", "open", "os")]
    strings = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    found += [f"{where}: path {string!r}" for string in strings if FILES.search(string)]
    found += [
        f"{where}: number typed into {string!r}"
        for string in strings
        if re.search(r"\d", ALLOWED_DIGITS.sub("", string))
    ]
    lines = [line for line in text(cell).splitlines() if line.strip()]
    if len(lines) > LONGEST_CELL:
        found.append(f"{where}: {len(lines)} lines, should be at most {LONGEST_CELL}")
    return found


def parameter_problems(tree: ast.Module, source: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    found = []
    for node in tree.body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            found.append(f"line {node.lineno} should read name: type = default  # help")
            continue
        name, kind = node.target.id, ast.unparse(node.annotation)
        if kind not in TYPES:
            found.append(f"parameter {name}: type {kind!r}, should be one of {', '.join(TYPES)}")
            continue
        if node.lineno not in comments:
            found.append(f"parameter {name}: no comment")
        try:
            value = ast.literal_eval(node.value) if node.value else None
        except ValueError:
            found.append(f"parameter {name}: the default is not a literal")
            continue
        if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "bool"):
            found.append(f"parameter {name}: default {value!r} is not of type {kind}")
    return found
