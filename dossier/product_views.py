"""The views of one product in one market: what identifies it there, and where its vulnerabilities are reported."""
from __future__ import annotations

from dossier import i18n, wording
from dossier.checklist import Checklist
from dossier.labels import REGULATIONS
from dossier.speech import Phrase, Speaker

LEGACY = "The device is a legacy device ({clause}): until it moves to the Regulation, the Directive holds in place of the rows on safety and performance, conformity assessment, labelling and UDI. They show what the move asks for."
STUDY = "The device is for investigation or performance study only and is not placed on the market ({clause}): the rows on registration, certificates and surveillance after placing on the market concern it only once it is."


class ProductViews:
    """Makes the views of one product in one language or pair of languages."""

    def __init__(self, checklist: Checklist, speaker: Speaker) -> None:
        self.checklist = checklist
        self.market = checklist.market
        self.product = checklist.product
        self.speaker = speaker
        self.say = speaker.texts
        self.words = speaker.words

    def identity(self) -> tuple[tuple[Phrase, str], ...]:
        """What identifies the product, label by label; what is not stated says so."""
        product = self.product
        blank = self.words("not stated").first
        if self.market.own_law:
            return tuple((label, value or blank) for label, value in self._own_identity())
        regulation = self.words(REGULATIONS[product.regulation]).first
        pairs = [
            ("Device", product.name),
            ("Model", product.model),
            ("Version", product.version or product.software.version),
            ("Regulation and class", f"{regulation}, {product.device.class_}" if product.device.class_ else regulation),
            ("Basic UDI-DI", product.basic_udi_di),
            ("UDI-DI", product.udi_di),
            ("EMDN", product.emdn),
            ("Manufacturer", product.manufacturer.name),
            ("SRN", product.manufacturer.srn),
        ]
        representative = product.authorised_representative
        found = [(self.words(label), value) for label, value in pairs]
        if self.market.representative:
            found.append((self.say(self.market.representative), self._local_representative()))
        else:
            found.append((self.words("Authorised representative"), representative.name if representative else self._no_representative()))
        return tuple((label, value or blank) for label, value in found)

    def _own_identity(self) -> list[tuple[Phrase, str]]:
        """The identity in a market with its own law: its class, its representative, its registration number."""
        product, market = self.product, self.market.head.id
        maker = product.manufacturer
        pairs = [
            ("Device", product.name),
            ("Model", product.model),
            ("Version", product.version or product.software.version),
            ("Class in this market", str(getattr(product.classes, market, None) or "")),
            ("Licence, clearance or registration number", product.registrations.get(market, "")),
            ("UDI-DI", product.udi_di),
            ("GMDN", product.gmdn),
            ("Manufacturer", maker.name),
            ("Manufacturer's country", i18n.country_name(maker.country, self.speaker.first)),
        ]
        return [*((self.words(label), value) for label, value in pairs), (self.say(self.market.representative), self._local_representative())]

    def _local_representative(self) -> str:
        market = self.market.head.id
        if self.product.manufacturer.country.lower() == market:
            return self.words("not required").first
        organisation = self.product.representatives.get(market)
        return organisation.name if organisation else ""

    def _no_representative(self) -> str:
        row = next((row for row in self.checklist.rows if row.id == f"eu-{self.product.regulation}.art11.1"), None)
        return self.words("not required").first if row is not None and row.decision.applies == "no" else ""

    def special_case(self) -> tuple[Phrase, ...]:
        """Why rows of the regulation are to be read otherwise for this device: under the transition, or not placed on the market at all.

        These rows stay in the documents: a maker needs them for the step that comes next.
        """
        if self.market.own_law:
            return ()
        device, regulation = self.product.device, self.product.regulation
        transition, placing = {"mdr": ("Article 120(3)", "Article 2(28)"), "ivdr": ("Article 110(3)", "Article 2(21)")}[regulation]
        found = []
        if device.legacy:
            found.append(self.words(LEGACY, clause=self._clause(regulation, transition)))
        if device.investigation_only or device.performance_study_only:
            found.append(self.words(STUDY, clause=self._clause(regulation, placing)))
        return tuple(found)

    def _clause(self, regulation: str, clause: str) -> Phrase:
        return self.speaker.both(lambda words: wording.place(regulation, clause, self.market.sources, words))

    def security_contact(self) -> tuple[tuple[Phrase, str], ...]:
        """Where vulnerabilities are reported, label by label; empty values are left for the template to show as gaps."""
        contact = self.product.security_contact
        if contact is None:
            return ()
        pairs = [("E-mail", contact.email), ("Disclosure policy", contact.policy), ("Encryption key", contact.key), ("security.txt", contact.security_txt), ("Support period", contact.support_period)]
        return tuple((self.words(label), value) for label, value in pairs)
