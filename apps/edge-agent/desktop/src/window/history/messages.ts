import { defineMessages } from "../../language/define-messages.ts";

export const historyMessages = defineMessages({
  "history.title": { en: "History of the line", de: "Verlauf der Leitung", fr: "Historique de la liaison" },
  "history.list": {
    en: "What happened, the latest first",
    de: "Was geschah, das Neueste zuerst",
    fr: "Ce qui s’est passé, du plus récent au plus ancien",
  },
  "history.none": { en: "Nothing has happened yet.", de: "Noch ist nichts geschehen.", fr: "Rien ne s’est encore passé." },
  "history.what": { en: "What", de: "Was", fr: "Quoi" },
  "history.when": { en: "When", de: "Wann", fr: "Quand" },
  "history.lasted": { en: "How long", de: "Wie lange", fr: "Durée" },
  "history.why": { en: "Why", de: "Warum", fr: "Pourquoi" },
  "history.still": { en: "still so, for {age}", de: "noch immer, seit {age}", fr: "toujours, depuis {age}" },
  "history.event.started": { en: "Agent started", de: "Agent gestartet", fr: "Agent démarré" },
  "history.event.stopped": { en: "Agent stopped", de: "Agent beendet", fr: "Agent arrêté" },
  "history.event.died": {
    en: "Agent died, or the power did",
    de: "Agent abgebrochen, oder Strom weg",
    fr: "Agent interrompu, ou courant coupé",
  },
  "history.event.online": { en: "Connected", de: "Verbunden", fr: "Connecté" },
  "history.event.offline": { en: "Line down", de: "Leitung unterbrochen", fr: "Liaison coupée" },
  "history.event.blocked": { en: "Refused by the cloud", de: "Von der Cloud abgewiesen", fr: "Refusé par le cloud" },
  "history.event.not-enrolled": { en: "Not enrolled", de: "Nicht angemeldet", fr: "Non inscrit" },
  "history.event.clock": { en: "Clock wrong", de: "Uhr falsch", fr: "Horloge fausse" },
  "history.event.woke": { en: "Woke after a sleep", de: "Aus dem Schlaf erwacht", fr: "Sorti de veille" },
});
