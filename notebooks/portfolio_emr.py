# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Un portefeuille sur EMR : variables, scores, composantes principales
#
# Ce cahier fait pas à pas ce que font les commandes `garant check`, `garant score --engine spark` et `garant pca
# --engine spark` : mêmes fonctions, mêmes exécutions, mêmes fichiers. Une exécution qui existe déjà n’est pas
# refaite. Aucune ligne d’une personne n’est affichée : seulement des comptes et des moyennes.
#
# La première cellule règle la session d’EMR : un pilote et deux exécuteurs de 4 vCPU, soit 12 en tout. Sur un poste
# de travail, passez-la : Spark y démarre tout seul, s’il trouve Java 17 ou 21.

# %% tags=["emr"]
# %%configure -f
{
    "conf": {
        "spark.driver.cores": "4",
        "spark.driver.memory": "12g",
        "spark.executor.cores": "4",
        "spark.executor.memory": "10g",
        "spark.executor.memoryOverhead": "4g",
        "spark.dynamicAllocation.maxExecutors": "2"
    }
}

# %% [markdown]
# ## Paramètres
#
# Où se trouvent les tables brutes et le modèle, et où vont les résultats. Remplacez `BUCKET` par le nom de votre
# compartiment, ou donnez des dossiers locaux par les variables d’environnement.

# %% tags=["parameters"]
import os

from garant.runs.portfolio import open_portfolio

DATA = os.environ.get("GARANT_NOTEBOOK_DATA", "s3://BUCKET/raw")
BUNDLE = os.environ.get("GARANT_NOTEBOOK_BUNDLE", "s3://BUCKET/model")
OUT = os.environ.get("GARANT_NOTEBOOK_OUT", "s3://BUCKET/portfolio")
LANGUAGE = "fr"
COMPONENTS = 5

# %% [markdown]
# ## Ouverture
#
# Sur EMR, la session Spark du cahier est utilisée et reste ouverte. Ailleurs, une session est ouverte ici.

# %%
lender = open_portfolio(DATA, bundle=BUNDLE, out=OUT, language=LANGUAGE)

# %% [markdown]
# ## Contrôle des tables
#
# Chaque ligne lue est acceptée, orpheline (son client ou son crédit manque) ou mise en quarantaine avec son motif.

# %%
lender.check()

# %% [markdown]
# ## Variables
#
# Chaque variable est écrite une fois et calculée par DuckDB, Spark ou SQLite, au bit près. Chaque table est d’abord
# ramenée à une ligne par client, puis les tables sont jointes. Voici ce que le modèle lit de chaque table, et ce
# qui est envoyé une seule fois aux nœuds (*broadcast*) : le texte du modèle, jamais un objet Python sérialisé.

# %%
lender.features()

# %% [markdown]
# ## Scores
#
# La matrice des variables est calculée et écrite par fichiers, selon l’identifiant du client ; puis chaque tâche
# lit son fichier et y applique le modèle, construit une fois par processus. Le résultat est une proposition : une
# personne ou un mode enregistré décide.

# %%
lender.score()

# %% [markdown]
# ## Analyse en composantes principales
#
# Une passe sur les fichiers de la matrice donne les moyennes et les corrélations ; le pilote en tire les axes. Les
# variables sont centrées et réduites, une valeur manquante compte pour la moyenne, et le plus grand poids d’un axe
# est positif.

# %%
lender.pca(components=COMPONENTS)

# %% [markdown]
# L’éboulis des valeurs propres montre ce que porte chaque axe.

# %%
lender.scree()

# %% [markdown]
# ## Fichiers CSV
#
# Les scores et les coordonnées des clients sont des données personnelles : gardez-les là où les tables brutes
# peuvent l’être.

# %%
lender.files()

# %% [markdown]
# ## Ce que l’exécution a consommé
#
# Les vCPU de la session multipliés par la durée de chaque étape. Entre les étapes, une session ouverte est facturée
# aussi : la facture d’AWS fait foi. Lancé par `garant cloud notebook`, ce notebook est un travail : `garant cloud cost`
# dit ce qu’il a coûté.

# %%
lender.spent()

# %% [markdown]
# Pour finir, ce qui a été copié ici est effacé, et la session est fermée si elle a été ouverte par ce cahier.

# %%
lender.close()
