"""Parameters found by trying: inside the training rows, in a study that can be interrupted and goes on."""
