import { defineMessages } from "./define-messages.ts";

/** The five states as tray and window say them: one sentence each. */
export const stateMessages = defineMessages({
  "state.safe": {
    en: "All sales are safe in the cloud.",
    de: "Alle Verkäufe sind sicher in der Cloud.",
    fr: "Toutes les ventes sont en sécurité dans le cloud.",
  },
  "state.sending": {
    en: "Sending: {left, plural, one {# record} other {# records}} to go.",
    de: "Wird gesendet: noch {left, plural, one {# Vorgang} other {# Vorgänge}}.",
    fr: "Envoi en cours : encore {left, plural, one {# opération} other {# opérations}}.",
  },
  "state.sending.reading": {
    en: "Reading the point of sale.",
    de: "Die Kasse wird gelesen.",
    fr: "Lecture de la caisse en cours.",
  },
  "state.offline": {
    en: "Offline: {kept, plural, one {# record is} other {# records are}} kept here, the oldest from {oldest}. Keep selling.",
    de: "Offline: {kept, plural, one {# Vorgang ist} other {# Vorgänge sind}} hier gesichert, der älteste von {oldest}. Weiter verkaufen.",
    fr: "Hors ligne : {kept, plural, one {# opération est gardée} other {# opérations sont gardées}} ici, la plus ancienne de {oldest}. Continuez à vendre.",
  },
  "state.offline.nothing": {
    en: "Offline: nothing is waiting. Keep selling.",
    de: "Offline: nichts wartet. Weiter verkaufen.",
    fr: "Hors ligne : rien n’est en attente. Continuez à vendre.",
  },
  "state.attention": {
    en: "Needs attention: call your support and say {code}.",
    de: "Bitte kümmern: Support anrufen und {code} nennen.",
    fr: "Attention requise : appelez le support et indiquez {code}.",
  },
  "state.attention.name": {
    en: "Needs attention: call {name} and say {code}.",
    de: "Bitte kümmern: {name} anrufen und {code} nennen.",
    fr: "Attention requise : appelez {name} et indiquez {code}.",
  },
  "state.attention.phone": {
    en: "Needs attention: call {name}, {phone}, and say {code}.",
    de: "Bitte kümmern: {name}, {phone}, anrufen und {code} nennen.",
    fr: "Attention requise : appelez {name}, {phone}, et indiquez {code}.",
  },
  "state.update": {
    en: "All sales are safe. Version {version} waits for closing time, {time}.",
    de: "Alle Verkäufe sind sicher. Version {version} wartet auf den Ladenschluss, {time}.",
    fr: "Toutes les ventes sont en sécurité. La version {version} attend la fermeture, {time}.",
  },
  "state.short.safe": { en: "Safe", de: "Sicher", fr: "En sécurité" },
  "state.short.sending": { en: "Sending", de: "Wird gesendet", fr: "Envoi en cours" },
  "state.short.offline": { en: "Offline", de: "Offline", fr: "Hors ligne" },
  "state.short.attention": { en: "Needs attention", de: "Bitte kümmern", fr: "Attention requise" },
  "state.short.update": { en: "Update waits", de: "Update wartet", fr: "Mise à jour en attente" },
});
export type StateMessageId = keyof typeof stateMessages;
