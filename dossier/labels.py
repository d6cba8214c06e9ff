"""The English words behind each code of the data; catalogs translate them."""
from __future__ import annotations

APPLIES = {"yes": ("applies", "Applies"), "no": ("not-applicable", "Not applicable"), "undetermined": ("undetermined", "Undetermined")}
SEVERITY = {"finding": ("gap", "Gap"), "justify": ("expected", "Expected"), "inform": ("information", "For information")}
# The short names of the two regulations, which some languages translate: the French RDM and RDIV.
REGULATIONS = {"mdr": "MDR", "ivdr": "IVDR"}
FORCE = {
    "law": "Law",
    "delegated-act": "Delegated act",
    "authority-guidance": "Guidance by the authority",
    "eu-guidance": "EU guidance (not binding)",
    "standard": "Standard",
    "contract": "Contract",
    "good-practice": "Good practice",
    "editorial": "Editorial note",
}
BINDS = {
    "manufacturer": "manufacturer",
    "authorised-representative": "authorised representative",
    "importer": "importer",
    "distributor": "distributor",
    "health-institution": "health institution",
    "service-provider": "service provider",
    "authority": "authority",
    "notified-body": "notified body",
    "controller": "data controller",
    "us-agent": "US agent",
    "uk-responsible-person": "UK responsible person",
    "sponsor": "sponsor",
    "marketing-authorisation-holder": "marketing authorisation holder",
}
COVERAGE = {
    "covered": "Covered",
    "gap": "Gap",
    "expected": "Expected, not shown",
    "not-applicable": "Not applicable",
    "undetermined": "Undetermined",
    "information": "For information",
}
CAUSE = {
    "missing": "document missing",
    "language": "wrong language",
    "revision": "no revision",
    "file": "file not there",
    "fact": "fact not stated",
    "declaration": "statement missing",
}
EXPECTATION = {
    "mandatory": "Mandatory",
    "expected": "Expected",
    "recommended": "Recommended",
}
REUSE = {
    "full": "serves in full",
    "partly": "serves in part",
    "none": "no counterpart",
}
PHASE = {
    "representation": "Representation and economic operators",
    "registration": "Registration and UDI",
    "pre-market": "Before placing on the market",
    "labelling": "Label and instructions for use",
    "sbom": "Software bill of materials",
    "disclosure": "Vulnerabilities and disclosure",
    "post-market": "After placing on the market",
    "enforcement": "Supervision and sanctions",
}
PRINCIPLE = {
    "context": "Context",
    "life-cycle": "Development life cycle",
    "risk-management": "Risk management",
    "information-security": "Information security",
    "verification": "Verification",
    "validation": "Validation",
    "information": "Information to users",
    "post-market": "Post-market surveillance",
    "control": "Document control",
}
LANGUAGE_RULE = {
    "national-text": "Text in the national language",
    "prescribed-words": "Words prescribed by law",
    "neutral-data": "Neutral data, nothing to translate",
    "symbol": "A symbol may stand instead of text",
}
DOCUMENT = {
    "label": "Label",
    "ifu": "Instructions for use",
    "gui": "User interface",
    "implant-card": "Implant card and patient information",
    "declaration-of-conformity": "EU declaration of conformity",
    "technical-documentation": "Technical documentation",
    "requested-papers": "Documents requested by the authority",
    "certificate": "Certificates",
    "field-safety-notice": "Field safety notice",
    "clinical-summary": "Summary of the clinical investigation",
    "sscp": "Summary of safety and clinical performance",
    "service-manual": "Service manual",
}
ROLE = {
    "competent-authority": "Competent authority",
    "national-csirt": "National response body for digital incidents",
    "sector-csirt": "Response body of the health sector",
    "data-protection-authority": "Data protection authority",
    "health-supervision": "Supervision of health services",
    "electrical-safety": "Electrical safety of use",
    "radio-authority": "Radio equipment authority",
    "sector-guidance": "Sector guidance",
    "regional-supervision": "Regional supervision of health services",
}
VERDICT = {
    "confirmed": "confirmed",
    "imprecise": "imprecise",
    "wrong": "wrong",
    "unverifiable": "unverifiable",
    "plausible": "plausible",
}
LEVEL = {
    "primary": "primary text",
    "authority": "authority page",
    "secondary": "secondary source",
    "unconfirmed": "UNCONFIRMED",
}
CONCERN = {
    "encrypted": "encrypted or protected by a password",
    "damaged": "cannot be opened as PDF",
    "no-text": "no text layer: cannot be searched",
    "no-bookmarks": "more than 20 pages without bookmarks",
    "file-name": "spaces or special characters in the file name",
    "revision": "the file states another revision than the product file",
}
# What a workbook says beside the document's own words.
WORKBOOK = {
    "cover": "Cover",
    "contents": "Contents",
    "back": "To the cover",
    "section": "Section",
    "beside": "Note",
    "go": "Go to",
    "open": "Open",
    "yes": "Yes",
    "no": "No",
    "how": "How to fill in this workbook",
    "how-fields": "Fill in the framed, tinted cells; all other cells are locked. A list opens with the arrow beside its cell.",
    "how-lines": "Alt+Enter starts a new line in a cell. What looks like a formula stays text.",
    "how-reason": "No and Not applicable need a reason: write it in the comment of the row.",
    "how-sheet": "You may filter, hide rows and columns, change widths and heights, and add comments to any cell. Do not delete rows or columns.",
    "how-sort": "To sort, unprotect the sheet first (Review, Unprotect Sheet); it has no password. Answers are found again in any order.",
    "how-save": "Save as an Excel workbook (.xlsx) and send the file back.",
    "choose": "Choose from the list",
    "choose-why": "This cell takes one of the choices in its list. Write anything else in the comment.",
    "day": "Write a date",
    "day-why": "This cell takes a date, for example {day}.",
}
