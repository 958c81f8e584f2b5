import type { ErrorTexts } from "../error-text.ts";

/** In German: the machine, its agent and whoever may ask it. */
export const machine = {
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
  "agent.not-answering": [
    "Der Agent dieses Rechners antwortet nicht.",
    "Starten Sie den Dienst oder den Rechner neu. Was die Kasse schreibt, wird gelesen, sobald er läuft.",
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
  "support.too-many": [
    "Es warten schon zu viele Bitten um Hilfe.",
    "Nichts ist verloren: Was zurückgestellt wurde, bleibt in der Liste. Rufen Sie an; die wartenden sind zuerst dran.",
  ],
  "support.command-failed": [
    "Der Dienst konnte sich nicht prüfen oder die Dateien für die Hilfe nicht zusammenstellen.",
    "Versuchen Sie es noch einmal, oder führen Sie an diesem Rechner `edge-agent doctor` oder `edge-agent support-bundle` aus.",
  ],
} satisfies ErrorTexts;
