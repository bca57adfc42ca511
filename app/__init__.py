"""The service that monitors the digital-transformation indicators of Thanh Hóa city."""
