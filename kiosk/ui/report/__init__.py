"""The scorecard of the survey as screens for staff."""
