"""An examined figure for other programs (schema.org ClaimReview) and for a terminal."""

from typing import Any

from ..language import _, translated
from ..tables.load import Folder, load_sources
from .examination import Claim
from .layers import CANNOT_TELL
from .sentences import answer


def claim_review(claim: Claim, *, data: Folder | None = None) -> dict[str, Any]:
    """The verdict in the vocabulary of schema.org's ClaimReview, as far as it fits.

    The rating is the word of the layer ``robust`` without a number: definitions are not points
    on a scale of truth. There is no rating where that layer cannot tell. The layers themselves
    stand under ``additionalProperty``.

    >>> from homicide_trends import claims
    >>> review = claim_review(claims.examine("memo-meeting"))
    >>> review["@type"], "reviewRating" in review
    ('ClaimReview', False)
    """
    source = load_sources(data=data).set_index("source_id").loc[claim.figure["source_id"]]
    text: dict[str, Any] = {
        "@type": "CreativeWork",
        "name": source["title"],
        "publisher": {"@type": "Organization", "name": source["publisher"]},
    }
    if source["url"]:
        text["url"] = source["url"]
    if source["date"]:
        text["datePublished"] = source["date"]
    review: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "identifier": claim.figure["figure_id"],
        "claimReviewed": f"{claim.figure['as_reported']} ({_measure(claim)})",
        "itemReviewed": {"@type": "Claim", "appearance": text},
        "author": {"@type": "Organization", "name": "homicide-trends"},
        "reviewBody": answer(claim),
        "additionalProperty": [
            {"@type": "PropertyValue", "name": translated(row["layer"]),
             "value": translated(row["verdict"]),
             "description": _("{finding}. Rule: {rule}", finding=row["finding"], rule=row["rule"])}
            for row in claim.layers.to_dict("records")
        ],
    }  # fmt: skip
    robust = claim.layers.set_index("layer").loc["robust"]
    if robust["verdict"] != CANNOT_TELL:
        review["reviewRating"] = {
            "@type": "Rating",
            "alternateName": translated(robust["verdict"]),
            "ratingExplanation": robust["finding"],
        }
    return review


def listing(claim: Claim) -> str:
    """The verdict as lines for a terminal: the answer, then a layer a line with its finding.

    >>> from homicide_trends import claims
    >>> print(listing(claims.examine("memo-meeting")).splitlines()[0])
    memo-meeting: “September of 2013” (date)
    """
    figure = claim.figure
    lines = [
        f"{figure['figure_id']}: \u201c{figure['as_reported']}\u201d ({_measure(claim)})",
        f"  {answer(claim)}",
    ]
    for row in claim.layers.to_dict("records"):
        layer, verdict = translated(row["layer"]), translated(row["verdict"])
        lines.append(f"  {layer:<12}{verdict}: {row['finding']}")
        lines.append(f"  {'':<12}({_('rule: {rule}', rule=row['rule'])})")
    return "\n".join(lines)


def _measure(claim: Claim) -> str:
    return translated(str(claim.figure["measure"]).replace("_", " "))
