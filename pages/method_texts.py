"""Texts of the screen "Données et méthode", in plain French, with formulas and references."""

from data.base.french import number
from data.region.rules import ROOM_PEOPLE_A_GP
from geo.siting.judged import MOST_TRIED

TRAVEL_TIME = """
**Qui est à 20 minutes ?** Le temps est celui d’un trajet en voiture, hors heures de pointe, du bourg
de la commune (la mairie ; quand sa position est fausse ou absente, le bourg selon GeoNames, sinon un
point intérieur) au bourg de la commune où exerce le médecin le plus proche. Un médecin dans la commune compte pour 0 minute.
Le seuil est inclus : 20 minutes pile est « à 20 minutes ». Les médecins des régions voisines
comptent, jusqu’à 40 km de la limite.

- Le seuil de **20 minutes** vient du rapport d’Élisabeth Hubert sur la médecine de proximité (2010).
- Celui de **30 minutes** est la promesse du label France Santé.

**Deux moteurs** donnent ces temps. Avant qu’un réseau routier soit construit, un *champ de lenteur* :
chaque carré du territoire porte des minutes par kilomètre, déduites de la densité et du relief alentour ;
l’eau ne se traverse qu’aux ponts et aux bacs connus ; le trajet est le chemin le plus rapide dans ce champ,
avec le temps perdu aux deux bouts. Ses paramètres sont ajustés sur de vrais trajets (METRIC, de mairie à
mairie dans toute la France métropolitaine et entre routes de Gironde) ; son erreur est donnée ci-dessous.
Un réseau routier OpenStreetMap le remplace dès qu’il est construit (`proxisoins roads build`).
"""

ROOM = r"""
**Trouver de la place.** Avoir un médecin à 20 minutes ne sert à rien s’il est complet. On suppose qu’un médecin
suit au plus $K$ habitants (1 000 au départ : une hypothèse, réglable de 800 à 1 600) et que personne ne va
au-delà du trajet choisi. Deux réponses encadrent la réalité ; les médecins et les habitants des communes voisines
d’autres régions comptent dans les deux.

- **Dans le partage le plus équitable** (la borne). On répartit les habitants entre les médecins à portée pour que le
  médecin le plus chargé le soit le moins possible, puis le suivant, et ainsi de suite : ce partage est unique.
  Chaque commune y reçoit un nombre, les habitants par médecin auxquels elle ne peut échapper. Ce nombre a une
  preuve : un *bloc* de communes $D$ et les médecins $J$ dont aucune commune plus mal lotie n’a besoin, et un
  *ensemble de Hall* $U$ (le bloc et les communes plus mal loties dont il partage les médecins), dont tous les
  médecins à portée $N(U)$ ne suffisent pas :

$$
\lambda_i = \frac{P(D)}{G(J)} \le \frac{P(U)}{G(N(U))}
$$

$$
\text{sans place} = \sum_i p_i \max\left(0, 1 - \frac{K}{\lambda_i}\right)
$$

  Sur tout le territoire calculé, aucune organisation ne laisse moins de monde sans place. Pour une partie (la
  région sans ses voisines, un département), c’est sa part dans le partage le plus équitable, non un minimum.
- **Si le plus proche passe le premier.** Les trajets sont servis du plus court au plus long ; à minutes égales, on
  partage en proportion. C’est là que vivent, en pratique, ceux qui ne trouvent pas de place.

**Ce que cela ne dit pas.** Les listes de patients diffèrent d’un médecin à l’autre ; chacun choisit son médecin,
parfois près de son travail ; tous les habitants comptent pour un, quel que soit leur âge ; sans carreaux
de population ni réseau routier, tous les habitants d’une commune sont à son bourg. Avec eux, ceux d’une commune qui
atteignent les mêmes médecins sont comptés ensemble, à leurs minutes moyennes, de leur propre commune aussi ; le nombre
d’une commune est celui de la plupart de ses habitants. Un habitant « sans place » est celui que le nombre de médecins ne permet pas d’accueillir,
non une personne comptée. Les mêmes chiffres s’obtiennent par `proxisoins room`, avec leurs preuves (`--proofs`).

*Références : Hall (1935) ; Gale et Shapley (1962) ; Hakimi (1965) ; Gallo, Grigoriadis et Tarjan, flots
paramétriques (1989) ; Current et Storbeck, couverture à places limitées (1988).*
"""

APL = r"""
**L’accessibilité potentielle localisée (APL)** de la DREES rapporte l’offre à la demande dans un
voisinage, en consultations par an et par habitant « standardisé ».

$$
R_j = \frac{\sum_{g \in j} \min(\max(a_g, 3600), 6000)}{\sum_i w(t_{ij})\,\tilde P_i}
$$

$$
\mathrm{APL}_i = \sum_j w(t_{ij})\,R_j
$$

$a_g$ : actes annuels du médecin $g$ ; $\tilde P_i$ : population pondérée par la consommation de soins
de chaque âge ; $w(t)$ : 1 jusqu’à 10 minutes, 2/3 jusqu’à 15, 1/3 jusqu’à 20, 0 au-delà (refonte de
2015, poids couramment cités, à confirmer dans l’annexe de la DREES). À l’intérieur d’une commune, $t = 0$.
Sans médecin à 20 minutes l’APL vaut 0 ; sans habitant elle n’existe pas.

La **série calculée ici** et les **séries publiées par la DREES** (tous âges ; 65 ans et moins) ne se
mélangent jamais : chaque chiffre dit sa série. La **part proche de la retraite** est
1 − APL des 65 ans et moins / APL de tous, sur les valeurs publiées.

*Références : Barlet, Coldefy, Collin, Lucas-Gabrielli (DREES/IRDES, 2012) ; DREES, refonte de 2015 ;
Luo et Qi, E2SFCA (2009) ; Wan, Zou, Sternberg, 3SFCA (2012).*
"""

APL_HERE = """
**Comment elle est calculée ici.** Un médecin compté par l’INSEE vaut 4 350 actes par an, valeur calée hors de
la région sur l’APL publiée. Les temps sont ceux de tous les écrans, sans facteur ; leur erreur (2 minutes
d’écart type) est moyennée dans les poids, pour qu’elle ne fasse pas passer trop de monde d’un palier à l’autre.
Au-delà de 20 minutes estimées, rien ne compte. La population est celle que la DREES standardise si l’APL est importée ; sinon les
habitants pondérés par la part des 75 ans et plus ; sinon les habitants. Comparée commune par commune à l’APL 2016
que publie la DREES, la corrélation des rangs est de 0,71 : ce qui l’empêche d’être meilleure est chiffré dans
`docs/apl-reality.md`. **Où la DREES publie une valeur**, la fiche et les simulations partent d’elle, et seul le
changement est calculé : publiée × (calculée après / calculée avant), à la puissance 0,25, ce que la réalité
montre de 2016 à 2018.
"""

SITING = f"""
**Les meilleurs sites** sont, au départ, ceux qui donnent une place au plus d’habitants, comptés comme partout ici :
à 20 minutes, chacun au plus proche. Qui va vers un nouveau site laisse une place ailleurs : chaque choix est donc
jugé entier. Jusqu’à {number(MOST_TRIED)} choix possibles, tous sont essayés, et c’est la preuve ; au-delà, le meilleur départ
est amélioré d’échange en échange, et prouvé s’il remplit toutes les places de ses médecins ; sinon l’écran donne
la borne. Sur demande, par optimisation exacte (HiGHS), à toute taille : places à portée de ceux qui n’en ont pas
(couverture à places limitées, Current et Storbeck, 1988), couverture maximale (Church et ReVelle, 1974), p-médiane (Hakimi, 1964), couverture
totale au moindre nombre de sites (Toregas, 1971), équité (les plus éloignés d’abord) ; les structures en place
restent. L’écran donne la preuve : optimum, ou meilleur choix trouvé
et borne. « Pondéré par le besoin » compte, pour chaque commune, les consultations qui manquent pour atteindre
une APL de 4. Le gain moyen d’APL ne classe pas les sites, puisque l’offre se conserve : on compte les habitants
qui passent 2,5 et le gain des moins bien servis.
"""

WHICH_DOCTORS = """
**Quels médecins comptent ?** Les généralistes de premier recours : profession 10 du RPPS, savoir-faire SM26,
SM53 ou SM54, exerçant en cabinet (SA07, SA08), en société (SA09), en centre de santé (SA05), en maison ou pôle
de santé (SA52), ou en libéral sans secteur indiqué ; jamais en secteur hospitalier (SA01, SA50). Un médecin de
plusieurs sites compte pour 1/k dans chacun ; les modes d’exercice particuliers sont laissés de côté. Une commune
dont des lignes n’ont pas pu être placées est inconnue, jamais comptée zéro. Dans la base permanente des
équipements de l’INSEE : type D201 jusqu’en 2020, D265 depuis. Une part des généralistes diplômés n’exerce pas en
premier recours : le compte dépend donc de la source, dite à côté de chaque chiffre.
"""

ZONING = """
**Le zonage** (ZIP, ZAC, vigilance, hors zone) est une donnée juridique, fixée par arrêté de l’ARS par
territoire de vie-santé, avec une date d’effet. ProxiSoins l’affiche avec sa source et sa date et ne le
recalcule jamais. Une commune coupée par un quartier prioritaire garde ses deux zones.
"""

RISK = """
**Le risque de relève non assurée** est la probabilité calibrée qu’une commune ayant au moins un médecin à
une date n’en ait plus aucun à l’horizon. Le modèle est ajusté sur l’histoire réelle des autres régions de
France et n’a jamais vu la Nouvelle-Aquitaine. Il éclaire, il ne décide pas : chaque signal se vérifie, se
confirme ou se réfute par une personne, et la trace en est gardée.
"""

REGULATION = r"""
**Régulation des appels : qui attend, qui pourrait aider.** Chaque heure de la semaine et chaque département sont une
file d’attente d’Erlang C : $\lambda$ appels par heure, $h$ minutes par appel, $c$ médecins régulateurs, une charge
$a = \lambda h / 60$. La part des appels qui attendent, l’attente moyenne et la part prise en $T$ minutes sont :

$$
C = \frac{B}{1 - \frac{a}{c}(1 - B)}
$$

$$
W = \frac{C\,h}{c - a}
$$

$$
P(\text{attente} \le T) = 1 - C\,e^{-(c - a)T/h}
$$

où $B$ est la formule de perte d’Erlang, calculée par récurrence : $B_0 = 1$, $B_c = a B_{c-1} / (c + a B_{c-1})$. Dès
que $a \ge c$, il arrive plus d’appels que les régulateurs n’en peuvent prendre : l’attente est « sans fin ».

- **Un département répond pour d’autres** : les appels s’ajoutent, les durées sont pondérées par les appels, et l’on
  garde tous les régulateurs, ou ceux de l’aidant seuls, ou juste assez pour tenir l’objectif (80 % des appels en
  2 minutes au départ : un choix de ProxiSoins, réglable).
- **Le meilleur groupement** : tous les groupes de départements voisins jusqu’à la taille permise sont essayés, et le
  partage du territoire qui demande le moins d’heures de régulateur est prouvé minimal (HiGHS).
- **Les chiffres** viennent de votre fichier (modèle à l’écran Solidarité), sinon ils sont simulés par une règle écrite à
  l’écran : rien n’en est mesuré. Une heure dont un chiffre manque n’est pas calculée.

Abandons, priorités entre appels, assistants de régulation, connaissance du terrain et plannings réels ne sont pas dans
le calcul. Les mêmes chiffres s’obtiennent par `proxisoins solidarity regulation`.

*Références : Erlang (1917) ; Jagers et van Doorn (1986) ; Green, Kolesar et Whitt (2007) ; Balas et Padberg (1976).*
"""

Limit = tuple[str, str, str, str, dict[str, str]]
LIMITS: tuple[Limit, ...] = (
    (
        "Qui prend de nouveaux patients",
        (
            "Aucune source ouverte ne le dit. « Sans place » suppose qu’un médecin suit au plus "
            f"{number(ROOM_PEOPLE_A_GP)} habitants (réglable) et que chaque habitant compte pour un : c’est "
            "ce que le nombre de médecins ne permet pas, non des personnes comptées."
        ),
        "Carte",
        "carte",
        {},
    ),
    (
        "Combien chacun travaille",
        (
            "Le temps de travail d’un médecin n’est pas dans les fichiers : un médecin compté vaut un "
            "médecin, ou une fraction par lieu quand il exerce en plusieurs. Une part des généralistes "
            "diplômés n’exerce pas en premier recours : le compte dépend de la source, dite à côté."
        ),
        "",
        "",
        {},
    ),
    (
        "Le trajet de chacun",
        (
            "La voiture seule est comptée, aux heures creuses : ni transports en commun, ni visites à "
            "domicile, ni téléconsultation. Sans carreaux de population ni réseau routier, tous les "
            "habitants d’une commune sont à son bourg : une commune étendue cache des écarts. L’erreur "
            "des temps, par distance et par département, est dans l’onglet « Méthodes »."
        ),
        "",
        "",
        {},
    ),
    (
        "Qui partira",
        (
            "L’âge des médecins n’est pas ouvert. La prévision dit qu’une relève n’est pas assurée, à "
            "vérifier auprès du terrain ; elle a été apprise dans l’Hexagone, et ce qu’elle vaut outre-mer "
            "n’est pas connu. Ce qui lui était demandé et ce qu’elle atteint sont écrits."
        ),
        "La preuve de la prévision",
        "risques",
        {"onglet": "la-preuve"},
    ),
    (
        "Qui viendrait",
        (
            "Un site candidat est jugé avec les médecins qu’on lui donne : rien ne dit qu’ils viendront, ni "
            "à quel loyer. Un plan d’aide dit ce que des volontaires couvriraient au mieux, non qui se "
            "proposera. Ni l’un ni l’autre ne prédit une bonne volonté."
        ),
        "Solidarité",
        "solidarite",
        {},
    ),
    (
        "Ce qui se passe vraiment la nuit",
        (
            "Les lignes de garde sont celles du fichier importé : ni plannings réels, ni lits, ni capacité. "
            "Les minutes sont celles d’une voiture jusqu’à l’établissement, non celles des secours."
        ),
        "Permanence des soins",
        "permanence",
        {},
    ),
    (
        "La zone de demain",
        (
            "Le zonage affiché est celui de l’arrêté : il n’est jamais recalculé. Un essai de changement ne "
            "vaut pas décision, et l’APL seule ne la fonde pas."
        ),
        "Zonage",
        "zonage",
        {},
    ),
)
"""What is not known: of what, in which words, and the screen that shows how far (its title, file and
address), none where no screen does."""

YEARS_DIFFER = "Populations, zones, effectifs et lignes n’ont pas la même année : elle est à côté de chaque chiffre."

PRIVACY = """
- Aucun nom, aucun âge de médecin n’est lu à l’écran, gardé dans un partage, un export ou un journal.
- Là où moins de cinq médecins sont connus à 20 minutes, ni la part de l’offre proche de la retraite
  ni l’APL des 65 ans et moins d’une commune ne sont dites : ce serait l’âge de l’un d’eux. Les EPCI et
  les départements se calculent sans elles ; un territoire de vie-santé les pèse toutes, et n’est dit que
  si ce qu’il cache est celui d’au moins cinq médecins en trois communes.
- Une prévision sur une commune à un seul médecin désigne une personne : dans les vues partagées, le risque
  n’est montré que pour des territoires regroupés comptant au moins 5 médecins.
- Les effectifs tirés d’extraits restreints sont masqués (« NS ») au-dessous de 5 dans les vues partagées.
- Rien n’est envoyé à un tiers : ni mesure d’audience, ni police, ni fond de carte sans que vous le demandiez.
"""

ACCESSIBILITY = """
**État de conformité : partielle.** Contrôles faits : axe-core sur chaque écran à quatre largeurs ; parcours
au clavier ; contrastes ; agrandissement à 200 % ; couleurs du système ; langue de la page ; légendes
chiffrées ; motifs en plus des couleurs.

**Ce qui reste.** Les contours de la carte ne se parcourent pas au clavier : la recherche et le tableau
donnent les mêmes chiffres. Certains composants de Streamlit (menu, tableau en canevas, étiquettes du
dépôt de fichiers) gardent des défauts qui ne dépendent pas de nous.

**Signaler un défaut.** Écrivez à l’équipe qui vous donne accès à ProxiSoins ; une réponse est due sous
un mois, et le Défenseur des droits peut être saisi.
"""
