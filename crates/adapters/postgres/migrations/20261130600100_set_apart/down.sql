UPDATE opt_ins SET provider_account = 'simulator'
WHERE provider_account = '' AND number_id <> '00000000-0000-0000-0000-000000000000';

DROP FUNCTION is_set_apart;
