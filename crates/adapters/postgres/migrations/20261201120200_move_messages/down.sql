-- What was moved is still in messages and history.
TRUNCATE submissions, states, journals
