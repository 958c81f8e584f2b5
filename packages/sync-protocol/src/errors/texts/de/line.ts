import type { ErrorTexts } from "../error-text.ts";

/** In German: the line to the cloud. */
export const line = {
  "wire.malformed": ["Die Nachricht ist nicht gültig.", "Aktualisieren Sie den Absender; es wurde nichts gespeichert."],
  "wire.too-large": ["Die Nachricht ist größer als erlaubt.", "Nichts: Es wird in kleineren Teilen gesendet."],
  "wire.version": ["Die beiden Seiten sprechen keine gemeinsame Version.", "Aktualisieren Sie den Dienst oder die Zentrale."],
  "wire.media-type": ["Art oder Kodierung der Nachricht wird nicht verstanden.", "Aktualisieren Sie den Absender."],
  "wire.not-cloud": [
    "Es hat etwas geantwortet, das nicht die Zentrale von Tillsync ist.",
    "Prüfen Sie die Adresse, und ob das Netz eine Anmeldeseite zeigt. Die Verkäufe bleiben hier gesichert.",
  ],
  "wire.unreachable": [
    "Die Zentrale ist nicht zu erreichen.",
    "Prüfen Sie die Leitung. Die Verkäufe bleiben hier gesichert und werden später gesendet.",
  ],
  "wire.deadline": ["Die Zentrale hat nicht rechtzeitig geantwortet.", "Nichts: Es wird wieder versucht."],
  "wire.busy": ["Die Zentrale ist beschäftigt.", "Nichts: Der Dienst wartet so lange, wie sie bittet."],
  "wire.not-found": ["Unter dieser Adresse ist nichts.", "Prüfen Sie die Adresse."],
  "ingest.chain-broken": ["Die Einträge führen nicht zum unterschriebenen Stand.", "Führen Sie auf dem Gerät `edge-agent verify` aus."],
  "ingest.signature": [
    "Die Unterschrift des Journals ist nicht die dieses Geräts.",
    "Führen Sie die Prüfung aus; ist der Schlüssel verloren, melden Sie das Gerät neu an.",
  ],
  "ingest.gap": ["Einträge vor dieser Sendung fehlen.", "Nichts: Das Gerät sendet sie noch einmal."],
  "ingest.gap-unfillable": [
    "Die Zentrale fragt nach Einträgen, die das Gerät nicht mehr aufbewahrt.",
    "Die Zentrale muss aus einer neueren Sicherung wiederhergestellt oder mit dem Export des Geräts gefüllt werden.",
  ],
  "ingest.fork": [
    "Das Journal hat sich geteilt: Ein Datenträger wurde zurückgespielt oder kopiert.",
    "Nichts ist verloren. Finden Sie heraus, ob ein zweites Gerät mit diesen Daten läuft.",
  ],
  "ingest.entry-limit": ["Ein Eintrag ist größer als erlaubt.", "Aktualisieren Sie den Dienst."],
  "entry.type-unknown": [
    "Diese Version kennt die Art des Eintrags nicht.",
    "Aktualisieren Sie die Zentrale; der Eintrag wird dann der Reihe nach übernommen.",
  ],
  "entry.schema-unknown": [
    "Die Zentrale kennt die Form des Belegs nicht.",
    "Aktualisieren Sie die Zentrale; der Eintrag wird dann der Reihe nach übernommen.",
  ],
  "entry.invalid": [
    "Der Beleg hat nicht die richtige Form.",
    "Sehen Sie sich das genannte Feld an; er wird übernommen, sobald eine Regel ihn abdeckt.",
  ],
  "entry.not-allowed": ["Das Gerät darf diesen Eintrag nicht schreiben.", "Prüfen Sie, zu welcher Filiale das Gerät gehört."],
  "entry.key-conflict": [
    "Zwei Geräte haben unter einer Nummer verschiedene Belege geschrieben.",
    "Vergleichen Sie beide; sie sind aufbewahrt. Berichtigen Sie die Kassennummer in der Kasse.",
  ],
  "wire.sign-in": [
    "Das Netz antwortet mit einer eigenen Seite statt der Zentrale: Vielleicht verlangt es eine Anmeldung.",
    "Melden Sie sich im Netz an, oder bitten Sie die IT, die Adresse der Zentrale durchzulassen. Verkäufe bleiben erhalten.",
  ],
  "wire.proxy-refused": [
    "Der Proxy des Netzes lässt dieses Gerät nicht durch.",
    "Tragen Sie Name und Kennwort des Proxys in die Einstellungen des Agenten ein, oder bitten Sie die IT um Durchlass. Verkäufe bleiben erhalten.",
  ],
} satisfies ErrorTexts;
