import type { ErrorTexts } from "../error-text.ts";

/** In French: the line to the cloud. */
export const line = {
  "wire.malformed": ["Le message n'est pas valable.", "Mettez l'expéditeur à jour ; rien n'a été enregistré."],
  "wire.too-large": ["Le message est plus grand que permis.", "Rien : l'envoi se fait en parties plus petites."],
  "wire.version": ["Les deux côtés n'ont pas de version commune.", "Mettez à jour le service ou le siège."],
  "wire.media-type": ["Le type ou le codage du message n'est pas compris.", "Mettez l'expéditeur à jour."],
  "wire.not-cloud": [
    "Quelque chose a répondu qui n'est pas le siège Tillsync.",
    "Vérifiez l'adresse, et si le réseau montre une page de connexion. Les ventes sont conservées ici.",
  ],
  "wire.unreachable": ["Le siège est injoignable.", "Vérifiez la ligne. Les ventes sont conservées et envoyées plus tard."],
  "wire.deadline": ["Le siège n'a pas répondu à temps.", "Rien : un nouvel essai suit."],
  "wire.busy": ["Le siège est occupé.", "Rien : le service attend aussi longtemps qu'il le demande."],
  "wire.not-found": ["Il n'y a rien à cette adresse.", "Vérifiez l'adresse."],
  "ingest.chain-broken": ["Les entrées ne mènent pas à l'état signé.", "Lancez `edge-agent verify` sur le terminal."],
  "ingest.signature": [
    "La signature du journal n'est pas celle de ce terminal.",
    "Lancez le diagnostic ; si la clé est perdue, inscrivez de nouveau le terminal.",
  ],
  "ingest.gap": ["Il manque des entrées avant cet envoi.", "Rien : le terminal les envoie de nouveau."],
  "ingest.gap-unfillable": [
    "Le siège demande des entrées que le terminal ne garde plus.",
    "Le siège doit être restauré depuis une sauvegarde plus récente, ou rempli avec l'export du terminal.",
  ],
  "ingest.fork": [
    "Le journal s'est divisé : un disque a été restauré ou copié.",
    "Rien n'est perdu. Cherchez si un second appareil tourne avec ces données.",
  ],
  "ingest.entry-limit": ["Une entrée est plus grande que permis.", "Mettez le service à jour."],
  "entry.type-unknown": [
    "Cette version ne connaît pas ce type d'entrée.",
    "Mettez le siège à jour ; l'entrée est alors reprise dans l'ordre.",
  ],
  "entry.schema-unknown": [
    "Le siège ne connaît pas la forme du ticket.",
    "Mettez le siège à jour ; l'entrée est alors reprise dans l'ordre.",
  ],
  "entry.invalid": ["Le ticket n'a pas la bonne forme.", "Regardez le champ indiqué ; il est repris dès qu'une règle le couvre."],
  "entry.not-allowed": ["Le terminal n'a pas le droit d'écrire cette entrée.", "Vérifiez à quel magasin le terminal appartient."],
  "entry.key-conflict": [
    "Deux terminaux ont écrit des tickets différents sous un même numéro.",
    "Comparez les deux ; ils sont conservés. Corrigez le numéro de poste dans la caisse.",
  ],
  "wire.sign-in": [
    "Le réseau répond par sa propre page au lieu du siège : il demande peut-être une connexion.",
    "Connectez-vous au réseau, ou demandez à l'informatique de laisser passer l'adresse du siège. Les ventes sont conservées.",
  ],
  "wire.proxy-refused": [
    "Le proxy du réseau ne laisse pas passer ce terminal.",
    "Indiquez le nom et le mot de passe du proxy dans les réglages de l'agent, ou demandez le passage à l'informatique. Les ventes sont conservées.",
  ],
} satisfies ErrorTexts;
