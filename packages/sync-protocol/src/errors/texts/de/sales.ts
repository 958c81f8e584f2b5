import type { ErrorTexts } from "../error-text.ts";

/** In German: what the POS writes, and what staff ask for. */
export const sales = {
  "adapter.unknown": ["Es gibt keinen Adapter dieses Namens.", "Verwenden Sie einen der genannten Namen."],
  "adapter.config-invalid": ["Die Einstellungen des Adapters haben nicht die richtige Form.", "Berichtigen Sie das genannte Feld."],
  "adapter.failed": [
    "Der Adapter ist an einem eigenen Fehler gescheitert.",
    "Die Daten sind zurückgelegt. Melden Sie den Fehler mit dem Eintrag; nach einem Update versuchen Sie es noch einmal.",
  ],
  "source.not-found": ["Die Datei oder den Ordner gibt es nicht.", "Prüfen Sie den Pfad."],
  "source.not-file": [
    "Der Pfad führt zu keiner gewöhnlichen Datei.",
    "Nennen Sie eine Datei, oder richten Sie einen Ordner als Quelle ein.",
  ],
  "source.no-permission": ["Die Datei darf nicht gelesen werden.", "Geben Sie dem Benutzer des Dienstes das Recht, sie zu lesen."],
  "source.empty": ["Die Datei ist leer.", "Prüfen Sie den Export der Kasse; Name und Zeit sind zurückgelegt."],
  "source.too-large": ["Die Datei ist größer, als der Dienst annimmt.", "Teilen Sie den Export, oder heben Sie die Grenze der Quelle an."],
  "source.changed": ["Die Datei hat sich beim Lesen geändert.", "Nichts: Sie wird neu gelesen, sobald sie ruht."],
  "capture.truncated": [
    "Die Datei endet mitten in einem Beleg.",
    "Vollständige Belege sind übernommen. Der Rest folgt, wenn die Datei wächst; sonst prüfen Sie den Export.",
  ],
  "capture.malformed": [
    "Ein Datensatz ist nicht wohlgeformt.",
    "Sehen Sie sich den Eintrag an; berichtigen Sie den Export, und versuchen Sie es dann noch einmal.",
  ],
  "capture.dtd-refused": [
    "Das XML enthält Dokumenttypen oder Entitäten, die keine Kasse braucht.",
    "Behandeln Sie die Datei als feindlich, bis ihre Herkunft bekannt ist.",
  ],
  "capture.encoding": [
    "Die Zeichen passen nicht zur angegebenen Kodierung.",
    "Stellen Sie bei der Quelle die richtige Kodierung ein, und versuchen Sie es dann noch einmal.",
  ],
  "capture.currency-unknown": [
    "Die Währung fehlt oder ist unbekannt.",
    "Stellen Sie die Währung der Filiale ein, und versuchen Sie es dann noch einmal.",
  ],
  "capture.amount-invalid": [
    "Ein Betrag ist in seiner Währung keine genaue Zahl.",
    "Sehen Sie sich den Beleg an; berichtigen Sie Export oder Zuordnung, und versuchen Sie es dann noch einmal.",
  ],
  "capture.field-missing": [
    "Ein Feld, das ein Beleg braucht, fehlt.",
    "Sehen Sie sich den Beleg an; berichtigen Sie Export oder Zuordnung, und versuchen Sie es dann noch einmal.",
  ],
  "capture.field-invalid": [
    "Ein Feld des Belegs ist nicht zu verstehen.",
    "Sehen Sie sich den Beleg an; berichtigen Sie Export oder Zuordnung, und versuchen Sie es dann noch einmal.",
  ],
  "capture.too-complex": [
    "Der Datensatz ist zu tief verschachtelt oder hat zu viele Teile.",
    "Sehen Sie sich ihn an; ein Beleg ist nie so.",
  ],
  "capture.limit": ["Der Datensatz ist größer, als ein Eintrag sein darf.", "Sehen Sie sich ihn an; teilen Sie den Export."],
  "capture.not-a-sale": [
    "Die Zeile ist kein Verkauf, sondern eine Bestands- oder Buchungszeile.",
    "Nichts. Sie wird zum Nachweis aufbewahrt.",
  ],
  "capture.key-conflict": [
    "Zwei verschiedene Belege einer Datei tragen dieselbe Nummer.",
    "Beide sind aufbewahrt. Nehmen Sie in den Einstellungen der Quelle die Anfangszeit in den Schlüssel auf, und versuchen Sie es dann noch einmal.",
  ],
  "reference.not-loaded": ["Dieses Gerät hat das Gefragte noch nicht geladen.", "Versuchen Sie es gleich noch einmal."],
  "reference.not-here": [
    "Dieses Gerät kennt nichts unter diesem Namen oder dieser Nummer.",
    "Prüfen Sie die Eingabe; wurde es eben erst angelegt, versuchen Sie es gleich noch einmal.",
  ],
  "reference.no-price": [
    "Für diesen Artikel gilt gerade kein Preis.",
    "Lassen Sie einen Menschen den Preis festlegen, oder fragen Sie für eine andere Zeit.",
  ],
  "reference.schema-unknown": [
    "Ein Datensatz hat eine Form, die diese Version nicht kennt.",
    "Aktualisieren Sie dieses Programm; der Datensatz ist aufbewahrt und wird dann gelesen.",
  ],
  "reference.invalid": [
    "Ein Datensatz ist nicht so, wie er hier sein muss.",
    "Berichtigen Sie das genannte Feld, und senden Sie ihn noch einmal; der letzte gute Stand gilt weiter.",
  ],
  "reference.scope-forbidden": [
    "Diese Stammdaten sind nicht für dieses Gerät bestimmt.",
    "Prüfen Sie, zu welcher Filiale das Gerät gehört.",
  ],
  "reference.not-writable": ["Diese Daten ändern nicht die Filialen.", "Lassen Sie sie in der Zentrale ändern."],
  "reference.chunk-gone": [
    "Dieser Teil der ersten Ladung wird nicht mehr aufbewahrt.",
    "Nichts: Es wird neu gefragt und mit dem neueren Stand weitergemacht.",
  ],
  "reference.chunk-damaged": [
    "Ein Teil der ersten Ladung ist nicht so angekommen, wie er abgesandt wurde.",
    "Nichts: Er wird neu geholt. Bleibt es dabei, sucht die IT nach einem Gerät im Netz, das Daten verändert.",
  ],
  "reference.checkpoint-unknown": [
    "Der Lesestand gehört nicht zu den Stammdaten dieses Geräts.",
    "Nichts: Die Daten werden von vorn geladen.",
  ],
  "reference.collection-unknown": ["Diese Sammlung von Stammdaten gibt es nicht.", "Sehen Sie in der Liste der Sammlungen nach."],
  "order.step-refused": [
    "Dieser Schritt ist bei der Bestellung nicht erlaubt; es wurde nichts geschrieben.",
    "Lesen Sie den genannten Grund, und sehen Sie nach, wie die Bestellung steht.",
  ],
  "order.changed": [
    "Die Bestellung ist nicht mehr so, wie sie vor Ihnen stand; es wurde nichts geschrieben.",
    "Sehen Sie sich die Bestellung noch einmal an, und wiederholen Sie dann den Schritt.",
  ],
  "order.step-differs": ["Die Kennung dieses Schritts steht schon für einen anderen.", "Jeder Schritt braucht eine eigene Kennung."],
  "order.not-here": [
    "Dieses Gerät kennt keine Bestellung mit dieser Nummer.",
    "Prüfen Sie die Nummer; vielleicht gehört sie zu einer anderen Filiale.",
  ],
  "order.transition-forbidden": [
    "Ein Schritt einer Bestellung kann so nicht geschehen sein.",
    "Sehen Sie sich die Bestellung an. Ist inzwischen gemeldet, was fehlte, versuchen Sie es noch einmal; sonst berichtigen Sie sie dort, wo sie geführt wird.",
  ],
  "order.unknown": ["Von einer Bestellung mit dieser Nummer ist nichts bekannt.", "Sehen Sie in der Liste der Bestellungen nach."],
  "order.no-conflict": ["Bei dieser Bestellung ist nichts zu klären.", "Sehen Sie in der Liste der offenen Fälle nach."],
  "quota.redemption-differs": [
    "Diese Einlösung ist mit anderem Konto, Betrag oder anderer Einheit bekannt.",
    "Jede Einlösung, Rückgabe und Aufladung braucht eine eigene Kennung.",
  ],
  "quota.redemption-unknown": ["Diese Reservierung gibt es nicht.", "Reservieren Sie zuerst."],
  "quota.refund-too-large": [
    "Es soll mehr zurückgegeben werden, als eingelöst wurde.",
    "Geben Sie zurück, was von der Einlösung übrig ist.",
  ],
  "quota.unit-wrong": ["Das Konto wird in einer anderen Einheit geführt.", "Nennen Sie die Einheit des Kontos."],
  "quota.not-enrolled": ["Das Gerät ist nicht angemeldet; ihm kann nichts zugeteilt werden.", "Melden Sie das Gerät an."],
  "quota.epoch-ended": [
    "Dieser Abschnitt des Journals ist zu Ende; es geht in einem neuen weiter, mit eigenen Rechten.",
    "Reservieren Sie noch einmal.",
  ],
  "quota.epoch-unknown": [
    "Von diesem Abschnitt des Journals ist in der Zentrale noch nichts angekommen.",
    "Nichts: Fragen Sie noch einmal, sobald gesendet wurde.",
  ],
  "quota.declined": ["Der Betrag ist nicht gedeckt; es wurde nichts reserviert.", "Nehmen Sie dafür ein anderes Zahlungsmittel."],
  "quota.cancelled": ["Diese Einlösung wurde abgebrochen.", "Reservieren Sie mit einer neuen Kennung."],
  "quota.committed": ["Diese Einlösung ist schon verbraucht.", "Geben Sie den Wert zurück, wenn der Kunde ihn wieder bekommt."],
  "intake.address": [
    "Die HTTP-Schnittstelle dieses Geräts kann an ihrem Port nicht zuhören.",
    "Beenden Sie das Programm, das den Port benutzt, oder stellen Sie einen anderen ein; es wird wieder versucht.",
  ],
  "intake.host-refused": [
    "Die Anfrage nennt einen anderen Rechner als diesen.",
    "Fragen Sie über 127.0.0.1 oder localhost und den eingestellten Port.",
  ],
  "intake.browser-refused": [
    "Die Anfrage kommt von einer Webseite, und Webseiten dürfen die Schnittstelle nicht benutzen.",
    "Fragen Sie aus dem Kassenprogramm selbst, nicht aus einer Seite darin.",
  ],
  "intake.token-missing": ["Der Anfrage fehlt der Zugangsschlüssel.", "Senden Sie den Schlüssel, den `intake token add` gezeigt hat."],
  "intake.token-invalid": ["Der Zugangsschlüssel ist falsch oder wurde zurückgezogen.", "Machen Sie mit `intake token add` einen neuen."],
  "intake.read-only": ["Mit diesem Zugangsschlüssel darf man nur lesen.", "Nehmen Sie einen, der ohne --read-only gemacht wurde."],
  "intake.client-exists": [
    "Ein Programm dieses Namens gibt es schon.",
    "Wählen Sie einen anderen Namen, oder ziehen Sie zuerst den alten Schlüssel zurück.",
  ],
  "intake.client-unknown": ["Ein Programm dieses Namens gibt es nicht.", "Sehen Sie in `intake token list` nach."],
  "intake.busy": [
    "Auf diesem Gerät sind zu viele Anfragen in Arbeit.",
    "Warten Sie auf Antworten; dieselbe Anfrage darf noch einmal kommen.",
  ],
  "intake.too-large": ["Die Anfrage ist größer, als eine sein darf.", "Senden Sie weniger Zeilen auf einmal."],
  "intake.too-slow": ["Die Anfrage kam nicht rechtzeitig ganz an.", "Senden Sie sie gleich noch einmal; nichts davon wurde behalten."],
  "intake.invalid": ["Die Anfrage hat nicht die richtige Form.", "Berichtigen Sie das genannte Feld; nichts wurde behalten."],
  "source.none": [
    "An diesem Gerät ist keine Quelle für Verkäufe eingerichtet.",
    "Nennen Sie in der Konfiguration den Ordner der Kasse oder die HTTP-Schnittstelle; bis dahin wird nichts erfasst.",
  ],
  "source.stale": [
    "Eine Quelle für Verkäufe wurde zu lange nicht angesehen.",
    "Prüfen Sie, ob ihr Ordner oder ihre Netzfreigabe antwortet; starten Sie dann den Dienst neu.",
  ],
  "source.paused": [
    "Das Lesen der Verkäufe ruht wegen einer Wartung.",
    "Nichts: Es endet von selbst zur angezeigten Zeit. Wer früher fertig ist, setzt es fort.",
  ],
  "capture.set-aside": [
    "Etwas von der Kasse ließ sich nicht als Verkauf lesen; es ist aufbewahrt und zurückgestellt.",
    "Sehen Sie unter den zurückgestellten Belegen nach: noch einmal versuchen oder der IT übergeben.",
  ],
  "order.conflict": [
    "Was mit einer Bestellung geschah, widerspricht sich.",
    "Öffnen Sie die Bestellungen und fragen Sie die Zentrale, was gilt; beides ist festgehalten.",
  ],
} satisfies ErrorTexts;
