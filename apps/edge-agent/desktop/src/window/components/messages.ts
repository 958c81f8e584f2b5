import { defineMessages } from "../../language/define-messages.ts";

export const componentMessages = defineMessages({
  "component.close": { en: "Close", de: "Schließen", fr: "Fermer" },
  "component.cancel": { en: "Cancel", de: "Abbrechen", fr: "Annuler" },
  "component.loading": { en: "One moment …", de: "Einen Moment …", fr: "Un instant …" },
  "component.older": { en: "Older", de: "Ältere", fr: "Plus anciens" },
  "component.newer": { en: "Newer", de: "Neuere", fr: "Plus récents" },
  "component.pages": { en: "Pages", de: "Seiten", fr: "Pages" },
  "component.again": { en: "Try again", de: "Noch einmal", fr: "Réessayer" },
  "component.code": { en: "Code: {code}", de: "Code: {code}", fr: "Code : {code}" },
  "component.detail": { en: "Detail: {detail}", de: "Einzelheit: {detail}", fr: "Détail : {detail}" },
  "component.copied": { en: "Copied.", de: "Kopiert.", fr: "Copié." },
  "component.copy-yourself": { en: "Copy this text", de: "Diesen Text kopieren", fr: "Copiez ce texte" },
  "component.none": { en: "–", de: "–", fr: "–" },
});
