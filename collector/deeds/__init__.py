"""The pages on which people act: alarms, limits, exercises, the diary, commissioning, history made again."""
