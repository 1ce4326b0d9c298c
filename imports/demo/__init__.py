"""A country of our own making to try the product on: invented people, towns and debts around the real witel centres.

`places` and `people` make the houses and who lives there, `lines` their records and bills, `fieldwork` and `results`
what the agents found, `build` writes it all. Everything follows from one seed, the number of customers and the moment.
"""
