# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A portfolio on EMR: features, scores, principal components
#
# This notebook does step by step what the commands `garant check`, `garant score --engine spark` and `garant pca
# --engine spark` do: the same functions, the same runs, the same files. A run that is there already is not made
# again. No row of a person is shown: only counts and means.
#
# The first cell sets up the session of EMR: a driver and two executors of 4 vCPUs, 12 in all. On a workstation
# leave it out: Spark starts by itself there, if it finds Java 17 or 21.

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
# ## Parameters
#
# Where the raw tables and the model are, and where results go. Put the name of your bucket in place of `BUCKET`, or
# give local folders by the environment variables.

# %% tags=["parameters"]
import os

from garant.runs.portfolio import open_portfolio

DATA = os.environ.get("GARANT_NOTEBOOK_DATA", "s3://BUCKET/raw")
BUNDLE = os.environ.get("GARANT_NOTEBOOK_BUNDLE", "s3://BUCKET/model")
OUT = os.environ.get("GARANT_NOTEBOOK_OUT", "s3://BUCKET/portfolio")
LANGUAGE = "en"
COMPONENTS = 5

# %% [markdown]
# ## Opening
#
# On EMR the notebook's Spark session is used and stays open. Elsewhere a session is opened here.

# %%
lender = open_portfolio(DATA, bundle=BUNDLE, out=OUT, language=LANGUAGE)

# %% [markdown]
# ## Check of the tables
#
# Every row that was read is accepted, an orphan (its client or its credit is missing), or in quarantine with its
# reason.

# %%
lender.check()

# %% [markdown]
# ## Features
#
# A feature is written once and computed by DuckDB, Spark or SQLite, bit for bit the same. Each table is first
# brought to one row per client, then the tables are joined. This is what the model reads of each table, and what is
# sent to the nodes once (broadcast): the text of the model, never a pickled Python object.

# %%
lender.features()

# %% [markdown]
# ## Scores
#
# The matrix of features is computed and written to files by the id of the client; then each task reads its file and
# applies the model, which is built once per process. What comes out is a proposal: a person or a recorded mode
# decides.

# %%
lender.score()

# %% [markdown]
# ## Principal component analysis
#
# One pass over the files of the matrix gives means and correlations, from which the driver takes the axes. Features
# are standardised, a missing value counts as the mean, and the largest loading of an axis is positive.

# %%
lender.pca(components=COMPONENTS)

# %% [markdown]
# The scree plot shows what each axis holds.

# %%
lender.scree()

# %% [markdown]
# ## CSV files
#
# Scores and coordinates of clients are personal data: keep them where the raw tables may be kept.

# %%
lender.files()

# %% [markdown]
# ## What the run took
#
# The vCPUs of the session times how long each step took. Between steps an open session is billed as well: the bill
# of AWS is what counts. Run by `garant cloud notebook`, this notebook is a job: `garant cloud cost` says what it cost.

# %%
lender.spent()

# %% [markdown]
# In the end what was copied here is removed, and the session is closed if this notebook opened it.

# %%
lender.close()
