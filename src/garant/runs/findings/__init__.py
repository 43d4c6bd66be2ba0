"""What is found out about a trained model beside the model itself, one module per finding."""
