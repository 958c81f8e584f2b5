import type { ErrorTexts } from "../error-text.ts";

/** In French: the machine, its agent and whoever may ask it. */
export const machine = {
  "usage.invalid": ["La saisie est incorrecte.", "Vérifiez la saisie ; en ligne de commande, --help vous aide."],
  "runtime.node-too-old": [
    "Ce programme demande une version plus récente de Node.js.",
    "Utilisez le Node.js fourni avec le paquet, ou installez la version indiquée.",
  ],
  "config.invalid": [
    "Un fichier de configuration n'a pas la bonne forme.",
    "Corrigez le champ indiqué ; la dernière bonne configuration reste en vigueur.",
  ],
  "config.unreadable": [
    "Un fichier de configuration ne peut pas être lu.",
    "Vérifiez que le fichier existe, qu'il contient du JSON et qu'il peut être lu.",
  ],
  "data.locked": [
    "Un autre programme utilise déjà ce dossier de données.",
    "Arrêtez l'autre programme, ou indiquez un autre dossier avec --data.",
  ],
  "data.future": [
    "Le dossier de données a été écrit par une version plus récente.",
    "Installez cette version ou une version ultérieure ; rien n'a été modifié.",
  ],
  "data.not-found": ["Le dossier indiqué ne contient pas de données.", "Vérifiez --data ; l'inscription ou la saisie crée le dossier."],
  "agent.stopping": ["Le service est en cours d'arrêt.", "Réessayez dans un instant ; ce qui a été saisi est conservé."],
  "internal.unexpected": [
    "Il s'est passé quelque chose qui ne devrait pas être possible.",
    "Signalez-le avec le journal technique ; rien de ce qui a été confirmé n'est perdu.",
  ],
  "enrol.code-invalid": ["Le code d'inscription est faux ou périmé.", "Demandez un nouveau code au siège."],
  "enrol.code-used": ["Le code d'inscription a déjà servi.", "Demandez un nouveau code au siège ; chaque code ne sert qu'une fois."],
  "enrol.too-many": [
    "Trop de codes d'inscription faux sont venus de cette adresse.",
    "Attendez une minute, puis saisissez de nouveau le code.",
  ],
  "enrol.store-mismatch": [
    "Le terminal appartient à un autre magasin.",
    "Choisissez un autre nom de terminal, ou le magasin auquel il appartient.",
  ],
  "enrol.already": [
    "Ce dossier de données est déjà inscrit.",
    "Prenez un autre dossier, ou retirez celui-ci quand le diagnostic dit que tout est confirmé.",
  ],
  "enrol.required": [
    "Ce terminal n'est pas inscrit.",
    "Inscrivez-le avec `edge-agent enrol` et un code du siège. D'ici là, les ventes sont conservées ici.",
  ],
  "enrol.insecure-url": ["Les connexions non protégées (http) ne sont permises que vers cette machine.", "Utilisez une adresse https."],
  "keys.permissions": [
    "D'autres que son propriétaire peuvent lire ou modifier un fichier secret.",
    "Retirez ces droits. Si d'autres y ont eu accès, inscrivez de nouveau le terminal.",
  ],
  "keys.unreadable": ["Un fichier secret ne peut pas être lu.", "Donnez à l'utilisateur du service le droit de le lire."],
  "keys.damaged": ["Un fichier de clé est endommagé.", "Restaurez-le depuis une sauvegarde ; ne le supprimez pas."],
  "keys.missing": [
    "La clé qui a signé ce journal a disparu.",
    "Restaurez le dossier des clés depuis une sauvegarde, ou gardez le dossier comme preuve et commencez avec un dossier vide.",
  ],
  "auth.missing": ["La demande ne nomme aucun appareil.", "Inscrivez le terminal."],
  "auth.invalid": ["La preuve d'identité de l'appareil est fausse.", "Si cela dure, inscrivez de nouveau le terminal."],
  "auth.clock": [
    "L'horloge de l'appareil est décalée ; sa preuve n'est pas valable à l'heure du siège.",
    "Rien : le service signe de nouveau avec l'heure du siège. Réglez l'horloge du terminal.",
  ],
  "auth.revoked": ["Le siège a bloqué ce terminal.", "Appelez le siège. Les ventes restent en sécurité sur le terminal."],
  "auth.forbidden": ["Cela n'est pas permis ici.", "Vérifiez que le terminal est inscrit pour le bon magasin."],
  "door.forbidden": [
    "Cela ne peut pas être demandé à l'accès du personnel.",
    "Lancez la commande sous l'utilisateur du service, avec le dossier de données lui-même après --data.",
  ],
  "door.busy": ["Trop de programmes interrogent le service en même temps.", "Attendez un instant ; la fenêtre redemande d'elle-même."],
  "door.taken": [
    "Autre chose se trouve à l'endroit où le service doit être joint.",
    "Retirez ce qui est indiqué et cherchez qui l'y a mis. Les ventes restent en sécurité.",
  ],
  "door.folder-unsafe": [
    "Le dossier de l'accès du personnel manque, ou d'autres que le service peuvent le modifier.",
    "Il doit appartenir à l'utilisateur du service, et personne d'autre ne doit y écrire. Les ventes sont enregistrées entre-temps.",
  ],
  "window.not-built": [
    "Les fichiers de la fenêtre manquent.",
    "Réinstallez le paquet ; depuis les sources, construisez d'abord la fenêtre.",
  ],
  "window.link-spent": ["Le lien a déjà servi ou il est périmé.", "Lancez de nouveau `edge-agent open`."],
  "window.session-ended": ["Cette page ne peut plus rien demander.", "Lancez de nouveau `edge-agent open` et prenez le nouveau lien."],
  "window.origin-refused": ["La demande ne vient pas de la page de la fenêtre.", "Ouvrez la fenêtre avec `edge-agent open`."],
  "window.no-browser": ["Aucun navigateur n'a pu être lancé.", "Lancez `edge-agent open --print` et ouvrez le lien affiché."],
  "store.disk-full": [
    "Le disque est plein.",
    "Libérez de la place. La caisse ne reçoit plus de confirmation tant qu'une vente ne peut pas être gardée sûrement.",
  ],
  "store.disk-error": ["Le disque signale une erreur.", "Remplacez le disque ou le terminal ; exportez d'abord le journal."],
  "store.corrupt": [
    "La base de données de ce terminal est endommagée.",
    "Ne supprimez rien. Lancez `edge-agent export`, puis appelez l'assistance.",
  ],
  "journal.chain-broken": [
    "Une entrée du journal a été modifiée, retirée ou déplacée après coup.",
    "Gardez le dossier de données comme preuve ; la vérification nomme l'entrée.",
  ],
  "journal.copied": [
    "Le dossier de données a été copié ou restauré ; le journal continue dans une nouvelle période.",
    "Rien, si vous l'avez restauré. Sinon, cherchez le second appareil.",
  ],
  "clock.wrong": ["L'horloge de cette machine diffère de celle du siège.", "Réglez l'horloge. Les ventes et l'envoi continuent."],
  "terminal.unknown": ["Aucun terminal ne porte ce nom.", "Consultez la liste des terminaux."],
  "store.unknown": ["Aucun magasin ne porte ce nom.", "Consultez la liste des magasins."],
  "agent.not-answering": [
    "L'agent de cette machine ne répond pas.",
    "Redémarrez le service ou la machine. Ce que la caisse écrit sera lu dès qu'il tourne.",
  ],
  "update.none-configured": [
    "Ce service ne cherche pas de nouvelles versions.",
    "Indiquez dans `config.json`, sous `updates`, où elles se trouvent, et utilisez un paquet qui apporte les clés.",
  ],
  "update.unreachable": [
    "L'endroit où sont cherchées les nouvelles versions ne répond pas comme il devrait.",
    "Rien : un nouvel essai suivra. Si cela dure, vérifiez l'adresse ou le dossier dans la configuration.",
  ],
  "update.malformed": ["La description d'une nouvelle version n'a pas la bonne forme.", "Signalez-le à qui la publie."],
  "update.signature": [
    "Une nouvelle version n'est pas signée par assez des clés qui en ont le droit.",
    "Ne l'installez pas à la main. Signalez-le à qui la publie.",
  ],
  "update.expired": [
    "La description de la nouvelle version est périmée, ou l'horloge de cet appareil est fausse.",
    "Vérifiez l'horloge ; sinon demandez une version plus récente.",
  ],
  "update.rollback": [
    "Ce qui est proposé est plus ancien que ce qui était déjà ici.",
    "Rien. Si une version plus ancienne est voulue, elle est publiée de nouveau sous un numéro plus élevé.",
  ],
  "update.wrong-place": [
    "La nouvelle version est faite pour un autre genre d'appareil ou d'installation.",
    "Publiez à côté celle de cet appareil.",
  ],
  "update.wrong-file": [
    "Le fichier de la nouvelle version n'est pas celui qui a été signé.",
    "Rien : il est repris. Si cela dure, signalez-le à qui la publie.",
  ],
  "update.refused": ["Cette version a déjà échoué ici, ou quelqu'un l'a refusée.", "Rien : la version suivante sera prise."],
  "update.tampered": [
    "Le dossier de la version préparée n'est pas tel que le service l'a laissé.",
    "Cherchez qui d'autre écrit dans le dossier de données. Rien n'a été installé.",
  ],
  "update.rights": [
    "Seul l'administrateur de l'appareil peut mettre en place une nouvelle version.",
    "Exécutez la commande en tant que root.",
  ],
  "update.install-failed": [
    "La nouvelle version n'a pas pu être installée ; la précédente est en place.",
    "Le journal de la mise à jour contient les mots de l'installateur.",
  ],
  "update.reverted": [
    "Une nouvelle version n'a pas montré qu'elle va bien et a été retirée. La précédente tourne.",
    "Rien à la caisse. Dites-le à qui la publie ; elle n'est plus essayée ici.",
  ],
  "update.revert-failed": [
    "Une nouvelle version a échoué, et la précédente n'a pas pu être remise.",
    "Appelez le support : une version qui marche doit être installée à la main. Ce qui a été saisi est conservé.",
  ],
  "update.overdue": [
    "Une nouvelle version attend depuis trop longtemps une heure calme.",
    "Choisissez un moment sans clients et exécutez `edge-agent updates apply --now` en tant que root, ou indiquez les heures d'ouverture.",
  ],
  "support.too-many": [
    "Trop de demandes d'aide attendent déjà.",
    "Rien n'est perdu : ce qui est mis de côté reste dans la liste. Appelez l'assistance ; les demandes en attente passent d'abord.",
  ],
  "support.command-failed": [
    "Le service n'a pas pu s'examiner ou rassembler les fichiers pour l'assistance.",
    "Réessayez, ou lancez `edge-agent doctor` ou `edge-agent support-bundle` sur cette machine.",
  ],
} satisfies ErrorTexts;
