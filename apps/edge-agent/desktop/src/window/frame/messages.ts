import { defineMessages } from "../../language/define-messages.ts";

export const frameMessages = defineMessages({
  "frame.skip": { en: "Skip to content", de: "Zum Inhalt springen", fr: "Aller au contenu" },
  "frame.screens": { en: "Screens", de: "Bereiche", fr: "Rubriques" },
  "frame.store": { en: "Store {store}", de: "Filiale {store}", fr: "Magasin {store}" },
  "frame.terminal": { en: "Terminal {terminal}", de: "Terminal {terminal}", fr: "Terminal {terminal}" },
  "frame.window-title": { en: "{screen} – Tillsync", de: "{screen} – Tillsync", fr: "{screen} – Tillsync" },
  "frame.to-do": {
    en: "{n, plural, one {# to do} other {# to do}}",
    de: "{n, plural, one {# offen} other {# offen}}",
    fr: "{n, plural, one {# à faire} other {# à faire}}",
  },
  "frame.copy-support-code": { en: "Copy support code", de: "Support-Code kopieren", fr: "Copier le code de support" },
  "frame.state.asking": { en: "Asking", de: "Wird erfragt", fr: "Vérification" },
  "frame.state.safe": { en: "Safe", de: "Sicher", fr: "En sécurité" },
  "frame.state.sending": { en: "Sending", de: "Wird gesendet", fr: "Envoi en cours" },
  "frame.state.offline": { en: "Offline, keep selling", de: "Offline, weiter verkaufen", fr: "Hors ligne, continuez à vendre" },
  "frame.state.attention": { en: "Needs attention: {code}", de: "Braucht Hilfe: {code}", fr: "Intervention nécessaire : {code}" },
  "frame.state.update": { en: "Update waits", de: "Update wartet", fr: "Mise à jour en attente" },
  "frame.read-age": {
    en: "The point of sale was read {age} ago.",
    de: "Die Kasse wurde vor {age} gelesen.",
    fr: "La caisse a été lue il y a {age}.",
  },
  "frame.crashed": {
    en: "This screen has stopped. Sales are not affected: the agent goes on by itself.",
    de: "Dieser Bereich ist stehen geblieben. Verkäufe sind nicht betroffen: der Agent läuft von selbst weiter.",
    fr: "Cette rubrique s’est arrêtée. Les ventes ne sont pas touchées : l’agent continue tout seul.",
  },
});
