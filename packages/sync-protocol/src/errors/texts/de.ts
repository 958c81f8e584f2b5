import type { ErrorTexts } from "./error-text.ts";

/** The catalogue in German: what it means, and what to do next. Commands stay as they are typed. */
export const de: ErrorTexts = {
  "usage.invalid": ["Die Eingabe ist falsch.", "Prüfen Sie die Eingabe; auf der Kommandozeile hilft --help."],
  "runtime.node-too-old": [
    "Dieses Programm braucht ein neueres Node.js.",
    "Verwenden Sie das Node.js, das im Paket liegt, oder installieren Sie die genannte Version.",
  ],
  "config.invalid": [
    "Eine Konfigurationsdatei hat nicht die richtige Form.",
    "Berichtigen Sie das genannte Feld; die letzte gute Konfiguration gilt weiter.",
  ],
  "config.unreadable": [
    "Eine Konfigurationsdatei kann nicht gelesen werden.",
    "Prüfen Sie, ob es die Datei gibt, ob sie JSON enthält und gelesen werden darf.",
  ],
  "data.locked": [
    "Ein anderes Programm benutzt diesen Datenordner schon.",
    "Beenden Sie das andere Programm, oder nennen Sie mit --data einen anderen Ordner.",
  ],
  "data.future": [
    "Der Datenordner wurde von einer neueren Version geschrieben.",
    "Installieren Sie diese Version oder eine spätere; es wurde nichts verändert.",
  ],
  "data.not-found": ["In dem genannten Ordner sind keine Daten.", "Prüfen Sie --data; Anmelden oder Erfassen legt den Ordner an."],
  "agent.stopping": ["Der Dienst wird gerade beendet.", "Versuchen Sie es gleich noch einmal; was erfasst wurde, bleibt erhalten."],
  "internal.unexpected": [
    "Es ist etwas geschehen, das nicht möglich sein sollte.",
    "Melden Sie es mit dem Protokoll; nichts, was bestätigt wurde, ist verloren.",
  ],
  "enrol.code-invalid": ["Der Anmeldecode ist falsch oder abgelaufen.", "Bitten Sie die Zentrale um einen neuen Code."],
  "enrol.code-used": ["Der Anmeldecode wurde schon benutzt.", "Bitten Sie die Zentrale um einen neuen Code; jeder gilt nur einmal."],
  "enrol.too-many": [
    "Von dieser Adresse kamen zu viele falsche Anmeldecodes.",
    "Warten Sie eine Minute, und geben Sie den Code dann noch einmal ein.",
  ],
  "enrol.store-mismatch": [
    "Das Gerät gehört zu einer anderen Filiale.",
    "Wählen Sie einen anderen Gerätenamen oder die Filiale, zu der es gehört.",
  ],
  "enrol.already": [
    "Dieser Datenordner ist schon angemeldet.",
    "Nehmen Sie einen anderen Ordner, oder entfernen Sie diesen, sobald die Prüfung sagt, dass alles bestätigt ist.",
  ],
  "enrol.required": [
    "Dieses Gerät ist nicht angemeldet.",
    "Melden Sie es mit `edge-agent enrol` und einem Code der Zentrale an. Bis dahin bleiben die Verkäufe hier gesichert.",
  ],
  "enrol.insecure-url": ["Ungeschützte Verbindungen (http) sind nur zu diesem Rechner erlaubt.", "Verwenden Sie eine https-Adresse."],
  "keys.permissions": [
    "Andere als ihr Eigentümer dürfen eine geheime Datei lesen oder ändern.",
    "Nehmen Sie diese Rechte weg. Hatten andere Zugriff, melden Sie das Gerät neu an.",
  ],
  "keys.unreadable": ["Eine geheime Datei kann nicht gelesen werden.", "Geben Sie dem Benutzer des Dienstes das Recht, sie zu lesen."],
  "keys.damaged": ["Eine Schlüsseldatei ist beschädigt.", "Holen Sie sie aus einer Sicherung zurück; löschen Sie sie nicht."],
  "keys.missing": [
    "Der Schlüssel, mit dem dieses Journal unterschrieben wurde, fehlt.",
    "Holen Sie den Schlüsselordner aus einer Sicherung zurück, oder bewahren Sie den Ordner als Beleg auf und beginnen Sie mit einem leeren.",
  ],
  "auth.missing": ["Die Anfrage nennt kein Gerät.", "Melden Sie das Gerät an."],
  "auth.invalid": ["Der Ausweis des Geräts ist falsch.", "Bleibt es dabei, melden Sie das Gerät neu an."],
  "auth.clock": [
    "Die Uhr des Geräts geht falsch; sein Ausweis gilt zur Zeit der Zentrale nicht.",
    "Nichts: Der Dienst weist sich mit der Zeit der Zentrale neu aus. Stellen Sie die Uhr des Geräts.",
  ],
  "auth.revoked": ["Die Zentrale hat dieses Gerät gesperrt.", "Rufen Sie die Zentrale an. Die Verkäufe bleiben auf dem Gerät sicher."],
  "auth.forbidden": ["Das ist hier nicht erlaubt.", "Prüfen Sie, ob das Gerät für die richtige Filiale angemeldet ist."],
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
  "door.forbidden": [
    "Das darf am Zugang für das Personal nicht verlangt werden.",
    "Führen Sie den Befehl als Benutzer des Dienstes aus, mit dem Datenordner selbst nach --data.",
  ],
  "door.busy": ["Zu viele Programme fragen den Dienst zugleich.", "Warten Sie einen Augenblick; das Fenster fragt von selbst wieder."],
  "door.taken": [
    "An der Stelle, an der der Dienst erreichbar sein soll, steht etwas anderes.",
    "Entfernen Sie, was genannt ist, und klären Sie, wer es dorthin gelegt hat. Die Verkäufe bleiben gesichert.",
  ],
  "door.folder-unsafe": [
    "Der Ordner für den Zugang des Personals fehlt, oder andere als der Dienst dürfen ihn ändern.",
    "Er muss dem Benutzer des Dienstes gehören, und niemand sonst darf darin schreiben. Verkäufe werden weiter erfasst.",
  ],
  "window.not-built": [
    "Die Dateien des Fensters fehlen.",
    "Installieren Sie das Paket noch einmal; aus den Quellen bauen Sie zuerst das Fenster.",
  ],
  "window.link-spent": ["Der Link wurde schon benutzt oder ist abgelaufen.", "Führen Sie `edge-agent open` noch einmal aus."],
  "window.session-ended": [
    "Diese Seite darf nichts mehr abfragen.",
    "Führen Sie `edge-agent open` noch einmal aus, und nehmen Sie den neuen Link.",
  ],
  "window.origin-refused": ["Die Anfrage kommt nicht von der eigenen Seite des Fensters.", "Öffnen Sie das Fenster mit `edge-agent open`."],
  "window.no-browser": [
    "Es konnte kein Browser gestartet werden.",
    "Führen Sie `edge-agent open --print` aus, und öffnen Sie den Link, der dann erscheint.",
  ],
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
  "store.disk-full": [
    "Der Datenträger ist voll.",
    "Schaffen Sie Platz. Die Kasse bekommt keine Bestätigung mehr, bis ein Verkauf wieder sicher aufbewahrt werden kann.",
  ],
  "store.disk-error": [
    "Der Datenträger meldet einen Fehler.",
    "Tauschen Sie den Datenträger oder das Gerät; sichern Sie vorher das Journal.",
  ],
  "store.corrupt": [
    "Die Datenbank dieses Geräts ist beschädigt.",
    "Löschen Sie nichts. Sichern Sie mit `edge-agent export`, und rufen Sie dann die IT.",
  ],
  "journal.chain-broken": [
    "Ein Eintrag des Journals wurde nachträglich geändert, entfernt oder verschoben.",
    "Bewahren Sie den Datenordner als Beleg auf; die Prüfung nennt den Eintrag.",
  ],
  "journal.copied": [
    "Der Datenordner wurde kopiert oder zurückgespielt; das Journal geht in einem neuen Abschnitt weiter.",
    "Nichts, wenn Sie ihn zurückgespielt haben. Sonst suchen Sie das zweite Gerät.",
  ],
  "clock.wrong": ["Die Uhr dieses Geräts weicht von der Zentrale ab.", "Stellen Sie die Uhr. Verkaufen und Senden gehen weiter."],
  "terminal.unknown": ["Es gibt kein Gerät dieses Namens.", "Sehen Sie in der Liste der Geräte nach."],
  "store.unknown": ["Es gibt keine Filiale dieses Namens.", "Sehen Sie in der Liste der Filialen nach."],
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
  "agent.not-answering": [
    "Der Agent dieses Rechners antwortet nicht.",
    "Starten Sie den Dienst oder den Rechner neu. Was die Kasse schreibt, wird gelesen, sobald er läuft.",
  ],
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
  "wire.sign-in": [
    "Das Netz antwortet mit einer eigenen Seite statt der Zentrale: Vielleicht verlangt es eine Anmeldung.",
    "Melden Sie sich im Netz an, oder bitten Sie die IT, die Adresse der Zentrale durchzulassen. Verkäufe bleiben erhalten.",
  ],
  "wire.proxy-refused": [
    "Der Proxy des Netzes lässt dieses Gerät nicht durch.",
    "Tragen Sie Name und Kennwort des Proxys in die Einstellungen des Agenten ein, oder bitten Sie die IT um Durchlass. Verkäufe bleiben erhalten.",
  ],
  "order.conflict": [
    "Was mit einer Bestellung geschah, widerspricht sich.",
    "Öffnen Sie die Bestellungen und fragen Sie die Zentrale, was gilt; beides ist festgehalten.",
  ],
  "update.none-configured": [
    "Dieser Dienst sucht nicht nach neuen Versionen.",
    "Nennen Sie in `config.json` unter `updates`, wo sie liegen, und verwenden Sie ein Paket, das die Schlüssel dafür mitbringt.",
  ],
  "update.unreachable": [
    "Der Ort, an dem nach neuen Versionen gesucht wird, antwortet nicht, wie er sollte.",
    "Nichts: Es wird wieder versucht. Bleibt es so, prüfen Sie Adresse oder Ordner in der Konfiguration.",
  ],
  "update.malformed": ["Die Beschreibung einer neuen Version hat nicht die richtige Form.", "Melden Sie es dem, der sie veröffentlicht."],
  "update.signature": [
    "Eine neue Version ist nicht von genügend der Schlüssel unterschrieben, die es dürfen.",
    "Installieren Sie sie nicht von Hand. Melden Sie es dem, der sie veröffentlicht.",
  ],
  "update.expired": [
    "Die Beschreibung der neuen Version ist abgelaufen, oder die Uhr dieses Geräts geht falsch.",
    "Prüfen Sie die Uhr; sonst bitten Sie um eine neuere Version.",
  ],
  "update.rollback": [
    "Angeboten wurde eine ältere Version, als schon hier war.",
    "Nichts. Soll es eine ältere sein, wird sie unter einer höheren Nummer neu veröffentlicht.",
  ],
  "update.wrong-place": [
    "Die neue Version ist für eine andere Art von Gerät oder Installation.",
    "Veröffentlichen Sie die für dieses Gerät daneben.",
  ],
  "update.wrong-file": [
    "Die Datei der neuen Version ist nicht die, die unterschrieben wurde.",
    "Nichts: Sie wird neu geholt. Bleibt es so, melden Sie es dem, der sie veröffentlicht.",
  ],
  "update.refused": [
    "Diese Version ist hier schon gescheitert, oder jemand hat sie abgelehnt.",
    "Nichts: Die nächste Version wird wieder genommen.",
  ],
  "update.tampered": [
    "Der Ordner mit der bereitgelegten Version ist nicht, wie der Dienst ihn hinterlassen hat.",
    "Finden Sie heraus, wer sonst in den Datenordner schreibt. Es wurde nichts installiert.",
  ],
  "update.rights": ["Nur die Verwaltung des Geräts darf eine neue Version einsetzen.", "Führen Sie den Befehl als root aus."],
  "update.install-failed": [
    "Die neue Version ließ sich nicht installieren; die vorige ist im Einsatz.",
    "Im Protokoll der Aktualisierung steht, was das Installationsprogramm sagt.",
  ],
  "update.reverted": [
    "Eine neue Version hat nicht gezeigt, dass es ihr gut geht, und wurde zurückgenommen. Die vorige läuft.",
    "An der Kasse nichts. Sagen Sie es dem, der sie veröffentlicht; hier wird sie nicht noch einmal versucht.",
  ],
  "update.revert-failed": [
    "Eine neue Version ist gescheitert, und die vorige ließ sich nicht zurückholen.",
    "Rufen Sie den Support: Eine Version, die läuft, muss von Hand installiert werden. Was erfasst wurde, ist erhalten.",
  ],
  "update.overdue": [
    "Eine neue Version wartet schon zu lange auf eine ruhige Stunde.",
    "Wählen Sie einen Augenblick ohne Kundschaft und führen Sie als root `edge-agent updates apply --now` aus, oder hinterlegen Sie die Öffnungszeiten.",
  ],
};
