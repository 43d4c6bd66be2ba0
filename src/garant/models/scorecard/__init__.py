"""The challenger: a points scorecard of monotone bins, held as data and scored without the library that made it."""
