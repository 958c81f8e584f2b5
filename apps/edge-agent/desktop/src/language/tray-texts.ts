import type { Language } from "./languages.ts";

type Plural = (count: number) => string;

/** Every text of the tray. A language that lacks one does not compile; values go in whole, nothing is put together from halves. */
export interface TrayTexts {
  readonly asking: string;
  readonly safe: string;
  readonly reading: string;
  readonly sending: Plural;
  readonly offlineNothing: string;
  readonly offline: Plural;
  readonly offlineSince: (count: number, since: string) => string;
  readonly attention: (code: string) => string;
  readonly attentionCall: (who: string, code: string) => string;
  readonly attentionOthers: (sentence: string, others: number) => string;
  readonly update: (version: string) => string;
  readonly open: string;
  readonly copySupportCode: string;
  readonly language: string;
  readonly asThisMachine: string;
  readonly startWithSession: string;
  readonly quit: string;
}

/** Numbers as the language writes them, and its plural form; all three know only `one` and `other` for whole numbers like these. */
function counted(language: Language, one: (n: string) => string, other: (n: string) => string): Plural {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (count) => (rules.select(count) === "one" ? one : other)(numbers.format(count));
}

const en: TrayTexts = {
  asking: "One moment: asking how the sales stand.",
  safe: "All sales are safe in the cloud.",
  reading: "Reading the point of sale.",
  offlineNothing: "Offline: nothing is waiting. Keep selling.",
  sending: counted(
    "en",
    (n) => `Sending: ${n} record left.`,
    (n) => `Sending: ${n} records left.`,
  ),
  offline: counted(
    "en",
    (n) => `Offline: ${n} record is kept here. Keep selling.`,
    (n) => `Offline: ${n} records are kept here. Keep selling.`,
  ),
  offlineSince: (count, since) =>
    counted(
      "en",
      (n) => `Offline: ${n} record is kept here, since ${since}. Keep selling.`,
      (n) => `Offline: ${n} records are kept here, the oldest since ${since}. Keep selling.`,
    )(count),
  attention: (code) => `Needs attention. Tell your support this code: ${code}`,
  attentionCall: (who, code) => `Needs attention. Call ${who} and tell this code: ${code}`,
  attentionOthers: (sentence, others) => `${sentence} (and ${others} more)`,
  update: (version) => `All sales are safe. Version ${version} waits until the shop is closed.`,
  open: "Open window",
  copySupportCode: "Copy support code",
  language: "Language",
  asThisMachine: "As this computer",
  startWithSession: "Start when I sign in",
  quit: "Quit this display",
};

const de: TrayTexts = {
  asking: "Einen Moment: Stand der Verkäufe wird erfragt.",
  safe: "Alle Verkäufe sind sicher in der Cloud.",
  reading: "Die Kasse wird gelesen.",
  offlineNothing: "Offline: nichts wartet. Weiter verkaufen.",
  sending: counted(
    "de",
    (n) => `Wird gesendet: noch ${n} Vorgang.`,
    (n) => `Wird gesendet: noch ${n} Vorgänge.`,
  ),
  offline: counted(
    "de",
    (n) => `Offline: ${n} Vorgang ist hier gesichert. Weiter verkaufen.`,
    (n) => `Offline: ${n} Vorgänge sind hier gesichert. Weiter verkaufen.`,
  ),
  offlineSince: (count, since) =>
    counted(
      "de",
      (n) => `Offline: ${n} Vorgang ist seit ${since} hier gesichert. Weiter verkaufen.`,
      (n) => `Offline: ${n} Vorgänge sind hier gesichert, der älteste seit ${since}. Weiter verkaufen.`,
    )(count),
  attention: (code) => `Braucht Hilfe. Nennen Sie Ihrem Support diesen Code: ${code}`,
  attentionCall: (who, code) => `Braucht Hilfe. Rufen Sie ${who} an und nennen Sie diesen Code: ${code}`,
  attentionOthers: (sentence, others) => `${sentence} (und ${others} weitere)`,
  update: (version) => `Alle Verkäufe sind sicher. Version ${version} wartet auf den Ladenschluss.`,
  open: "Fenster öffnen",
  copySupportCode: "Support-Code kopieren",
  language: "Sprache",
  asThisMachine: "Wie dieser Computer",
  startWithSession: "Beim Anmelden starten",
  quit: "Diese Anzeige beenden",
};

const fr: TrayTexts = {
  asking: "Un instant : vérification de l’état des ventes.",
  safe: "Toutes les ventes sont en sécurité dans le cloud.",
  reading: "Lecture de la caisse en cours.",
  offlineNothing: "Hors ligne : rien n’est en attente. Continuez à vendre.",
  sending: counted(
    "fr",
    (n) => `Envoi en cours : reste ${n} opération.`,
    (n) => `Envoi en cours : reste ${n} opérations.`,
  ),
  offline: counted(
    "fr",
    (n) => `Hors ligne : ${n} opération conservée ici. Continuez à vendre.`,
    (n) => `Hors ligne : ${n} opérations conservées ici. Continuez à vendre.`,
  ),
  offlineSince: (count, since) =>
    counted(
      "fr",
      (n) => `Hors ligne : ${n} opération conservée ici depuis ${since}. Continuez à vendre.`,
      (n) => `Hors ligne : ${n} opérations conservées ici, la plus ancienne depuis ${since}. Continuez à vendre.`,
    )(count),
  attention: (code) => `Intervention nécessaire. Donnez ce code à votre support : ${code}`,
  attentionCall: (who, code) => `Intervention nécessaire. Appelez ${who} et donnez ce code : ${code}`,
  attentionOthers: (sentence, others) => `${sentence} (et ${others} autres)`,
  update: (version) => `Toutes les ventes sont en sécurité. La version ${version} attend la fermeture du magasin.`,
  open: "Ouvrir la fenêtre",
  copySupportCode: "Copier le code de support",
  language: "Langue",
  asThisMachine: "Comme cet ordinateur",
  startWithSession: "Démarrer à l’ouverture de session",
  quit: "Quitter cet affichage",
};

export const TRAY_TEXTS = { de, fr, en } as const satisfies Record<Language, TrayTexts>;
