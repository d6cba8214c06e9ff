"""The product description: what `product.yaml` may say, read and checked, unknown kept apart from no."""
from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from dossier import resources, yamlfile
from dossier.errors import DossierError, Problem, did_you_mean
from dossier.schema import Country, Day, Identifier, Language, Localized, Model, Text, YesNo, parse
from dossier.yamlfile import Path_, YamlFile

FILE = "product.yaml"
MARKET = "{market}"  # in the documents' number: the market's code
# Zero-width space and joiner of words, the mark of byte order, and what sets the direction of text.
_UNSEEN = re.compile("[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Languages = Annotated[tuple[Language, ...], BeforeValidator(_one_or_more)]


class Person(Model):
    """A named person or role."""

    name: Text
    role: str = ""
    email: str = ""
    phone: str = ""


class Organisation(Model):
    """An economic operator."""

    name: Text
    address: str = ""
    country: Country
    srn: str = Field(default="", description="Single registration number of EUDAMED")
    website: str = ""
    email: str = ""
    contact: Person | None = None


class Manufacturer(Organisation):
    """Who places the device on the market under their own name."""

    prrc: Person | None = Field(default=None, description="Person responsible for regulatory compliance (Article 15)")
    micro_or_small: YesNo = None


class Representative(Organisation):
    """The authorised representative (Article 11)."""

    mandate: str = Field(default="", description="Id of the evidence document that holds the written mandate")


class Importer(Model):
    """The importer (Article 13). `present: no` says that there is none."""

    present: YesNo = True
    name: str = ""
    address: str = ""
    country: Country | None = None
    srn: str = ""


class NotifiedBody(Model):
    """The notified body of the conformity assessment."""

    name: Text
    number: str = ""
    certificate: str = ""


class MarketClasses(Model):
    """The device's class where the market classifies by a law of its own."""

    us: Literal["I", "II", "III"] | None = None
    gb: Literal["I", "IIa", "IIb", "III", "AIMD", "IVD-general", "IVD-self-test", "IVD-list-A", "IVD-list-B"] | None = None
    ca: Literal["I", "II", "III", "IV"] | None = None
    au: Literal["I", "IIa", "IIb", "III", "1", "2", "3", "4"] | None = None
    jp: Literal["I", "II", "III", "IV"] | None = None


class UnitedStates(Model):
    """Facts that only the United States ask for."""

    submission: Literal["510k", "de-novo", "pma", "hde", "exempt"] | None = Field(default=None, description="Kind of premarket submission to FDA")
    internet_connection: YesNo = Field(default=None, description="Able to connect to the internet, even if not meant to (section 524B(c)(2))")
    vulnerable_characteristics: YesNo = Field(default=None, description="Technological characteristics that could be vulnerable to cyber threats (section 524B(c)(3))")
    prescription_use: YesNo = None


class GreatBritain(Model):
    """Facts that only Great Britain asks for."""

    route: Literal["ukca", "ce-mdr", "ce-ivdr", "ce-mdd", "ce-aimdd", "ce-ivdd"] | None = Field(default=None, description="The mark under which the device is placed on the market of Great Britain")


class Users(Model):
    """Who uses the device, and where."""

    lay: YesNo = None
    professional: YesNo = None
    hospital: YesNo = None
    description: Localized = {}


_DEVICE_CLASS = Literal["I", "IIa", "IIb", "III", "A", "B", "C", "D"]
CLASSES = {"mdr": ("I", "IIa", "IIb", "III"), "ivdr": ("A", "B", "C", "D")}


# As people write them: the Regulation knows class I only, and Article 52(7) asks what the device is besides.
_WITHIN_CLASS_I = {"is": "sterile", "im": "measuring", "ir": "reusable_surgical_instrument"}


def _no_subclass(value: Any) -> Any:
    fact = _WITHIN_CLASS_I.get(value.lower()) if isinstance(value, str) else None
    if fact:
        raise ValueError(f'"{value}" is class I in the Regulation; write class: I, and {fact}: yes below it')
    return value


class Device(Model):
    """Facts about the device. Leave a fact out while it is unknown; unknown is not no."""

    class_: Annotated[_DEVICE_CLASS | None, BeforeValidator(_no_subclass)] = Field(default=None, alias="class")
    rule: str = Field(default="", description="Classification rule, for example rule 11")
    procedure: str = Field(default="", description="Conformity assessment procedure, for example Annex IX")
    physical: YesNo = None
    active: YesNo = None
    connected_to_active_device: YesNo = None
    implantable: YesNo = None
    sterile: YesNo = None
    to_be_sterilised_by_user: YesNo = None
    single_use: YesNo = None
    reprocessed_single_use: YesNo = None
    reusable: YesNo = None
    reusable_surgical_instrument: YesNo = None
    measuring: YesNo = None
    custom_made: YesNo = None
    investigation_only: YesNo = None
    expiry: YesNo = Field(default=None, description="The label carries a use-by date")
    special_storage: YesNo = None
    medicinal_substance: YesNo = None
    human_tissue: YesNo = None
    animal_tissue: YesNo = None
    substance_based: YesNo = None
    cmr_or_endocrine_over_0_1_percent: YesNo = None
    cmr_scope_10_4_1: YesNo = None
    vulnerable_groups: YesNo = None
    sensitising: YesNo = None
    supplies_energy_or_substances: YesNo = None
    delivers_substances: YesNo = None
    radiation_for_medical_purposes: YesNo = None
    combined_with_devices: YesNo = None
    operates_with_other_products: YesNo = None
    annex_xvi: YesNo = None
    system_or_procedure_pack: YesNo = None
    wireless: YesNo = None
    instructions_for_use_omitted: YesNo = None
    electronic_instructions_for_use: YesNo = None
    translated_by_third: YesNo = None
    legacy: YesNo = None
    placed_on_market_before_2026_05_28: YesNo = None
    certificate_issued_before_2026_05_28: YesNo = None
    self_testing: YesNo = Field(default=None, description="In vitro device used by lay persons")
    near_patient_testing: YesNo = Field(default=None, description="In vitro device used outside a laboratory by a health professional")
    companion_diagnostic: YesNo = None
    performance_study_only: YesNo = None
    instrument: YesNo = Field(default=None, description="In vitro device that is, or includes, an instrument or analyser")
    kit: YesNo = Field(default=None, description="Components packaged together for one examination")
    reagent: YesNo = None
    calibrator_or_control: YesNo = Field(default=None, description="Is, includes or relies on calibrators or control materials")
    rapid_assay: YesNo = None
    dangerous_substance: YesNo = Field(default=None, description="Contains a substance or mixture that may be dangerous under Regulation (EC) No 1272/2008")
    infectious_material: YesNo = None
    microbial_state: YesNo = Field(default=None, description="Special microbial state or state of cleanliness, other than sterile")
    energy_source: YesNo = Field(default=None, description="Connected to or equipped with an energy source")


class Software(Model):
    """Facts about the software. A device without any says `is_software: no` and `contains_software: no`."""

    name: str = ""
    version: str = ""
    safety_class: Literal["A", "B", "C"] | None = Field(default=None, description="IEC 62304 software safety class")
    is_software: YesNo = None
    contains_software: YesNo = None
    electronic_programmable_system: YesNo = None
    sold_separately: YesNo = None
    platforms: tuple[str, ...] = ()
    user_interface: YesNo = None
    mobile_platform: YesNo = None
    networked: YesNo = None
    stores_data: YesNo = None
    sends_data: YesNo = None
    personal_data: YesNo = None
    cloud_service: YesNo = None
    ai: YesNo = None
    updatable: YesNo = None
    third_party_software: YesNo = None
    legacy: YesNo = None
    several_configurations: YesNo = None
    external_access: YesNo = Field(default=None, description="Unauthorised access from outside is conceivable, by network, radio or portable media")
    support_until: Day | None = Field(default=None, description="Last day of security support")


class ProductLanguages(Model):
    """The languages in which the product's own information exists."""

    label: Languages = ()
    ifu: Languages = ()
    gui: Languages = ()


class Standard(Model):
    """A standard that was applied, with its edition."""

    id: Text
    edition: str = ""
    title: str = ""
    applied: Literal["full", "part"] | None = None
    clauses: str = ""


class Evidence(Model):
    """A controlled document, and what it shows."""

    id: Identifier
    title: Text
    number: str = Field(default="", description="Document number; the id where left out")
    revision: str = ""
    date: Day | None = None
    language: Languages = ()
    file: str = Field(default="", description="Path relative to the product folder")
    page: str = ""
    section: str = ""
    shows: tuple[Text, ...] = Field(default=(), description="Evidence kinds (LC-03, label) and requirement ids or prefixes (eu-mdr.23.2)")


class SecurityContact(Model):
    """Where vulnerabilities are reported."""

    email: str = ""
    policy: str = Field(default="", description="Address of the disclosure policy")
    key: str = Field(default="", description="Address or fingerprint of the encryption key")
    security_txt: str = ""
    support_period: str = ""


class Declaration(Model):
    """The manufacturer's own statement on a requirement that no fact can settle."""

    applies: Annotated[Literal["yes", "no"], BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)]
    reason: Text


class Revision(Model):
    """One line of the revision history."""

    revision: Text
    date: Day
    author: str = ""
    change: Text


class DocumentSettings(Model):
    """What the generated documents print about themselves."""

    number: str = Field(default="", description="Prefix of the document numbers, in which {market} stands for the market; <product>-{market} where left out")
    revision: str = "A"
    date: Day | None = None
    authors: tuple[Person, ...] = ()
    approvers: tuple[Person, ...] = ()
    history: tuple[Revision, ...] = ()
    confidentiality: Localized = {}
    occasion: Literal["authority-request", "notified-body", "importer", "tender"] | None = Field(default=None, description="Why the dossier is sent; settles the recipient")
    recipient: str = Field(default="", description="Name and address, where the occasion does not settle them")
    reference: str = Field(default="", description="The recipient's case number")
    place: str = ""
    associated_products: Localized = {}


class Product(Model):
    """One product and its controlled documents."""

    id: Identifier
    name: Text
    regulation: Literal["mdr", "ivdr"]
    manufacturer: Manufacturer
    model: str = ""
    version: str = ""
    description: Localized = {}
    basic_udi_di: str = ""
    udi_di: str = ""
    emdn: str = ""
    gmdn: str = ""
    intended_purpose: Localized = {}
    authorised_representative: Representative | None = None
    importer: Importer | None = None
    representatives: dict[str, Organisation] = Field(default={}, description="By market: ch CH-REP, gb UK responsible person, us US agent, ca importer, au sponsor, jp marketing authorisation holder")
    classes: MarketClasses = MarketClasses()
    registrations: dict[str, str] = Field(default={}, description="By market: licence, clearance or registration number")
    us: UnitedStates = UnitedStates()
    gb: GreatBritain = GreatBritain()
    notified_body: NotifiedBody | None = None
    users: Users = Users()
    device: Device = Device()
    software: Software = Software()
    languages: ProductLanguages = ProductLanguages()
    standards: tuple[Standard, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    security_contact: SecurityContact | None = None
    documents: DocumentSettings = DocumentSettings()
    declarations: dict[Annotated[str, AfterValidator(str.lower)], Declaration] = {}
    markets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """The product file as read: where each value stands, for messages that say where to add something."""

    source: YamlFile
    folder: Path
    sha256: str = ""

    def line(self, *path: str | int) -> int:
        """The line of the value at `path`, or of its nearest ancestor; the last line where the file has no such section."""
        if path[:1] not in self.source.marks:
            return max(line for line, _ in self.source.marks.values())
        return self.source.at(path)[0]


@dataclass(frozen=True, slots=True)
class ProductFile:
    """A checked product, its place, and what was noticed about its evidence files."""

    product: Product
    place: Place

    def evidence_path(self, document: Evidence) -> Path | None:
        """Where the document's file should lie; None when none is named."""
        return resources.inside(self.place.folder, document.file) if document.file else None


def read(path: Path) -> ProductFile:
    """The product in `path`, a folder with product.yaml or that file.

    Raises DossierError with every problem of the file, each with its line and column.
    """
    file = path / FILE if path.is_dir() else path
    if not file.is_file():
        raise DossierError(Problem(str(path), 0, 0, f"no {FILE} here.", _nearly(path) or f"Give a folder that holds {FILE}, or make one with: dossier new DIR"))
    source = yamlfile.read(file)
    product, problems = parse(Product, source.data, source)
    problems += _evidence_problems(source, file.parent)
    if product is not None:
        problems += [*_number_problems(product, source), *_mandate_problems(product, source), *_class_problems(product, source)]
    problems += _unseen(source, source.data)
    if problems or product is None:
        raise DossierError(problems)
    return ProductFile(product, Place(source, file.parent, hashlib.sha256(file.read_bytes()).hexdigest()))


def _nearly(folder: Path) -> str:
    """A hint where the folder holds the file under a name that Windows or an editor made of it."""
    try:
        names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    except OSError:
        return ""
    near = [name for name in names if name.lower() in (f"{FILE}.txt", f"{FILE}.yaml", "product.yml", "product.txt", "product", FILE)]
    return f'There is "{near[0]}"; rename it to {FILE} (Windows may hide the ending).' if near else ""


def _evidence_problems(source: YamlFile, folder: Path) -> list[Problem]:
    """What a type cannot tell of the evidence as written: ids used twice, and paths that leave the folder."""
    rows = source.data.get("evidence") if isinstance(source.data, dict) else None
    problems = []
    seen: dict[str, str] = {}
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        written = row if isinstance(row, dict) else {}
        identifier, path = written.get("id"), written.get("file")
        if isinstance(identifier, str):
            if identifier.lower() in seen:
                problems.append(source.problem(("evidence", index, "id"), f'evidence id "{identifier}" is used twice (also "{seen[identifier.lower()]}").', "Ids differ in more than capitals."))
            seen[identifier.lower()] = identifier
        if isinstance(path, str) and path:
            try:
                resources.inside(folder, path)
            except ValueError as error:
                problems.append(source.problem(("evidence", index, "file"), f'"{path}": {error}.'))
    return problems


def _number_problems(product: Product, source: YamlFile) -> list[Problem]:
    """Signs in the documents' number that stand for nothing."""
    signs = [sign for sign in re.findall(r"\{[^{}]*\}", product.documents.number) if sign != MARKET]
    return [source.problem(("documents", "number"), f'"{sign}" stands for nothing.', did_you_mean(sign, [MARKET]) or f"Write {MARKET}, which becomes the market's code, or take it away.") for sign in signs]


def _mandate_problems(product: Product, source: YamlFile) -> list[Problem]:
    """A mandate that is no document of the product's."""
    mandate = product.authorised_representative.mandate if product.authorised_representative else ""
    known = [document.id for document in product.evidence]
    if mandate and mandate not in known:
        return [source.problem(("authorised_representative", "mandate"), f'"{mandate}" is no id of an evidence document.', did_you_mean(mandate, known))]
    return []


def _unseen(source: YamlFile, data: Any, path: Path_ = ()) -> Iterator[Problem]:
    """Signs that nobody sees and that turn words round, part them or make two names of one: they come along when text is copied from elsewhere."""
    if isinstance(data, str):
        for sign in dict.fromkeys(_UNSEEN.findall(data)):
            yield source.problem(path, f"holds a sign that cannot be seen (U+{ord(sign):04X}).", "Type the text anew; it came along when the text was copied.")
    elif isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _unseen(source, value, (*path, key))


def _class_problems(product: Product, source: YamlFile) -> list[Problem]:
    """A class that the product's regulation does not know."""
    known = CLASSES[product.regulation]
    if product.device.class_ is None or product.device.class_ in known:
        return []
    return [source.problem(("device", "class"), f'"{product.device.class_}" is no class of the {product.regulation.upper()}.', f"Its classes are {', '.join(known)}.")]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of product.yaml, as editors read it: every scalar may be written as plain YAML."""
    schema = Product.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "dossier product description"
    _loosen(schema)
    return schema


def _loosen(node: Any) -> None:
    """YAML editors read yes, 1.0 and dates as other types than text; the loader does not, so the schema allows both."""
    if isinstance(node, dict):
        if node.get("type") == "boolean":
            node["type"] = ["boolean", "string", "null"]
            node["enum"] = [True, False, "yes", "no", "unknown", None]
        elif node.get("type") == "string" and "enum" not in node and "const" not in node:
            node["type"] = ["string", "number", "boolean"]
            node.pop("minLength", None)
        for value in node.values():
            _loosen(value)
    elif isinstance(node, list):
        for value in node:
            _loosen(value)


def issue_date(product: Product, fallback: dt.date) -> dt.date:
    """The date the documents print: the product file's document date, else the fallback."""
    return product.documents.date or fallback
