import { defineMessages } from "../../language/define-messages.ts";

export const careMessages = defineMessages({
  "care.title": { en: "Care", de: "Pflege", fr: "Entretien" },
});
