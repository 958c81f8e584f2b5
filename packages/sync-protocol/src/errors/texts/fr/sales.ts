import type { ErrorTexts } from "../error-text.ts";

/** In French: what the POS writes, and what staff ask for. */
export const sales = {
  "adapter.unknown": ["Aucun adaptateur ne porte ce nom.", "Utilisez l'un des noms indiqués."],
  "adapter.config-invalid": ["Les réglages de l'adaptateur n'ont pas la bonne forme.", "Corrigez le champ indiqué."],
  "adapter.failed": [
    "L'adaptateur s'est arrêté sur une erreur de son fait.",
    "Les données sont mises de côté. Signalez l'erreur avec l'élément ; réessayez après une mise à jour.",
  ],
  "source.not-found": ["Le fichier ou le dossier n'existe pas.", "Vérifiez le chemin."],
  "source.not-file": ["Le chemin ne mène pas à un fichier ordinaire.", "Indiquez un fichier, ou configurez un dossier comme source."],
  "source.no-permission": ["Le fichier ne peut pas être lu.", "Donnez à l'utilisateur du service le droit de le lire."],
  "source.empty": ["Le fichier est vide.", "Vérifiez l'export de la caisse ; le nom et l'heure sont mis de côté."],
  "source.too-large": ["Le fichier est plus grand que ce que le service accepte.", "Divisez l'export, ou relevez la limite de la source."],
  "source.changed": ["Le fichier a changé pendant la lecture.", "Rien : il est relu dès qu'il ne bouge plus."],
  "capture.truncated": [
    "Le fichier se termine au milieu d'un ticket.",
    "Les tickets complets sont repris. Le reste suit quand le fichier grandit ; sinon, vérifiez l'export.",
  ],
  "capture.malformed": ["Un enregistrement est mal formé.", "Regardez l'élément ; corrigez l'export, puis réessayez."],
  "capture.dtd-refused": [
    "Le XML contient un type de document ou des entités dont aucune caisse n'a besoin.",
    "Traitez le fichier comme hostile tant que son origine est inconnue.",
  ],
  "capture.encoding": ["Les caractères ne correspondent pas au codage indiqué.", "Réglez le bon codage pour la source, puis réessayez."],
  "capture.currency-unknown": ["La monnaie manque ou est inconnue.", "Réglez la monnaie du magasin, puis réessayez."],
  "capture.amount-invalid": [
    "Un montant n'est pas un nombre exact dans sa monnaie.",
    "Regardez le ticket ; corrigez l'export ou la correspondance, puis réessayez.",
  ],
  "capture.field-missing": [
    "Il manque un champ dont un ticket a besoin.",
    "Regardez le ticket ; corrigez l'export ou la correspondance, puis réessayez.",
  ],
  "capture.field-invalid": [
    "Un champ du ticket est incompréhensible.",
    "Regardez le ticket ; corrigez l'export ou la correspondance, puis réessayez.",
  ],
  "capture.too-complex": [
    "L'enregistrement est imbriqué trop profondément ou a trop de parties.",
    "Regardez-le ; un ticket n'est jamais ainsi.",
  ],
  "capture.limit": ["L'enregistrement est plus grand que ce qu'une entrée peut être.", "Regardez-le ; divisez l'export."],
  "capture.not-a-sale": ["La ligne n'est pas une vente : correction de stock ou ligne comptable.", "Rien. Elle est gardée comme trace."],
  "capture.key-conflict": [
    "Deux tickets différents d'un fichier portent le même numéro.",
    "Les deux sont conservés. Ajoutez l'heure de début à la clé dans les réglages de la source, puis réessayez.",
  ],
  "reference.not-loaded": ["Ce terminal n'a pas encore chargé ce qui est demandé.", "Réessayez dans un instant."],
  "reference.not-here": [
    "Ce terminal ne connaît rien sous ce nom ou ce numéro.",
    "Vérifiez la saisie ; si cela vient d'être créé, réessayez dans un instant.",
  ],
  "reference.no-price": [
    "Aucun prix de cet article n'est en vigueur.",
    "Faites fixer le prix par une personne, ou demandez pour un autre moment.",
  ],
  "reference.schema-unknown": [
    "Un document a une forme que cette version ne connaît pas.",
    "Mettez ce programme à jour ; le document est conservé et sera lu alors.",
  ],
  "reference.invalid": [
    "Un document n'est pas comme il doit être ici.",
    "Corrigez le champ indiqué et renvoyez-le ; le dernier bon état reste en vigueur.",
  ],
  "reference.scope-forbidden": ["Ces données ne sont pas pour ce terminal.", "Vérifiez à quel magasin le terminal appartient."],
  "reference.not-writable": ["Les magasins ne modifient pas ces données.", "Faites-les modifier au siège."],
  "reference.chunk-gone": [
    "Cette partie du premier chargement n'est plus conservée.",
    "Rien : la demande est refaite et continue avec l'état plus récent.",
  ],
  "reference.chunk-damaged": [
    "Une partie du premier chargement n'est pas arrivée telle qu'elle a été envoyée.",
    "Rien : elle est demandée de nouveau. Si cela dure, le service informatique cherche un appareil du réseau qui modifie les données.",
  ],
  "reference.checkpoint-unknown": [
    "L'état de lecture n'est pas celui des données de ce terminal.",
    "Rien : les données sont rechargées depuis le début.",
  ],
  "reference.collection-unknown": ["Cette collection de données n'existe pas.", "Consultez la liste des collections."],
  "order.step-refused": [
    "Cette étape de la commande n'est pas permise ; rien n'a été écrit.",
    "Lisez la raison indiquée et regardez où en est la commande.",
  ],
  "order.changed": [
    "La commande n'est plus telle que vous l'aviez sous les yeux ; rien n'a été écrit.",
    "Regardez de nouveau la commande, puis refaites l'étape.",
  ],
  "order.step-differs": ["L'identifiant de cette étape en désigne déjà une autre.", "Chaque étape demande son propre identifiant."],
  "order.not-here": ["Ce terminal ne connaît aucune commande de ce numéro.", "Vérifiez le numéro ; elle est peut-être d'un autre magasin."],
  "order.transition-forbidden": [
    "Une étape d'une commande n'a pas pu se passer ainsi.",
    "Regardez la commande. Si ce qui manquait est arrivé depuis, réessayez ; sinon corrigez-la là où elle est tenue.",
  ],
  "order.unknown": ["On ne sait rien d'une commande de ce numéro.", "Consultez la liste des commandes."],
  "order.no-conflict": ["Il n'y a rien à régler pour cette commande.", "Consultez la liste des cas ouverts."],
  "quota.redemption-differs": [
    "Cette utilisation est connue avec un autre compte, montant ou une autre unité.",
    "Chaque utilisation, remboursement et recharge demande son propre identifiant.",
  ],
  "quota.redemption-unknown": ["Cette réservation n'existe pas.", "Réservez d'abord."],
  "quota.refund-too-large": ["On veut rendre plus que ce qui a été utilisé.", "Rendez ce qui reste de l'utilisation."],
  "quota.unit-wrong": ["Le compte est tenu dans une autre unité.", "Indiquez l'unité du compte."],
  "quota.not-enrolled": ["Le terminal n'est pas inscrit ; rien ne peut lui être attribué.", "Inscrivez le terminal."],
  "quota.epoch-ended": [
    "Cette période du journal est terminée ; il continue dans une nouvelle, avec ses propres droits.",
    "Réservez de nouveau.",
  ],
  "quota.epoch-unknown": ["Rien de cette période du journal n'est encore arrivé au siège.", "Rien : demandez de nouveau après l'envoi."],
  "quota.declined": ["Le montant n'est pas couvert ; rien n'a été réservé.", "Prenez un autre moyen de paiement."],
  "quota.cancelled": ["Cette utilisation a été annulée.", "Réservez avec un nouvel identifiant."],
  "quota.committed": ["Cette utilisation est déjà consommée.", "Remboursez-la si le client récupère la valeur."],
  "intake.address": [
    "L'interface HTTP de ce terminal ne peut pas écouter sur son port.",
    "Arrêtez le programme qui utilise le port, ou réglez-en un autre ; un nouvel essai suit.",
  ],
  "intake.host-refused": ["La demande nomme une autre machine que celle-ci.", "Demandez par 127.0.0.1 ou localhost et le port réglé."],
  "intake.browser-refused": [
    "La demande vient d'une page web, et les pages web ne peuvent pas utiliser l'interface.",
    "Demandez depuis le programme de caisse lui-même, pas depuis une page.",
  ],
  "intake.token-missing": ["La demande ne porte pas de jeton.", "Envoyez le jeton que `intake token add` a montré."],
  "intake.token-invalid": ["Le jeton est faux ou a été retiré.", "Faites-en un nouveau avec `intake token add`."],
  "intake.read-only": ["Ce jeton permet seulement de lire.", "Utilisez un jeton fait sans --read-only."],
  "intake.client-exists": ["Un programme porte déjà ce nom.", "Choisissez un autre nom, ou retirez d'abord l'ancien jeton."],
  "intake.client-unknown": ["Aucun programme ne porte ce nom.", "Consultez `intake token list`."],
  "intake.busy": ["Trop de demandes sont en cours sur ce terminal.", "Attendez les réponses ; la même demande peut être renvoyée."],
  "intake.too-large": ["La demande est plus grande que permis.", "Envoyez moins de lignes à la fois."],
  "intake.too-slow": ["La demande n'est pas arrivée entière à temps.", "Renvoyez-la tout de suite ; rien n'en a été gardé."],
  "intake.invalid": ["La demande n'a pas la bonne forme.", "Corrigez le champ indiqué ; rien n'a été gardé."],
  "source.none": [
    "Aucune source de ventes n'est configurée sur ce terminal.",
    "Indiquez dans la configuration le dossier de la caisse ou l'interface HTTP ; rien n'est saisi d'ici là.",
  ],
  "source.stale": [
    "Une source de ventes n'a pas été consultée depuis trop longtemps.",
    "Vérifiez que son dossier ou son partage réseau répond, puis redémarrez le service.",
  ],
  "source.paused": [
    "La lecture des ventes est suspendue pour maintenance.",
    "Rien : elle reprend d'elle-même à l'heure indiquée. Qui a fini plus tôt la reprend.",
  ],
  "capture.set-aside": [
    "Quelque chose venu de la caisse n'a pas pu être lu comme une vente ; c'est conservé et mis de côté.",
    "Regardez parmi les éléments mis de côté : réessayez, ou transmettez à l'informatique.",
  ],
  "order.conflict": [
    "L'historique d'une commande se contredit.",
    "Ouvrez les commandes et demandez au siège ce qui vaut ; les deux faits sont conservés.",
  ],
} satisfies ErrorTexts;
