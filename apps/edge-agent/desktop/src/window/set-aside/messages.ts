import { defineMessages } from "../../language/define-messages.ts";

export const setAsideMessages = defineMessages({
  "set-aside.title": { en: "Set aside", de: "Beiseitegelegt", fr: "Mis de côté" },
});
