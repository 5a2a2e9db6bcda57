//! The tables as diesel knows them.
//!
//! Kept by hand, in the order of the columns, and compared with the catalogue of a migrated database
//! by a test. It must not say more than the catalogue does.

diesel::table! {
    organizations (id) {
        id -> Uuid,
        name -> Text,
        kind -> Text,
        policy -> Jsonb,
        policy_version -> BigInt,
        default_number_id -> Nullable<Uuid>,
        preferred_number_ids -> Array<Uuid>,
        rate_per_segment -> BigInt,
    }
}

diesel::table! {
    api_keys (hash) {
        hash -> Bytea,
        id -> Uuid,
        organization_id -> Uuid,
        prefix -> Text,
        scopes -> Array<Text>,
        contract -> SmallInt,
        kind -> Text,
        expires_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
        source_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    messaging_campaigns (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        name -> Text,
        brand_id -> Nullable<Text>,
        ten_dlc_campaign_id -> Nullable<Text>,
        registration -> Text,
        minute_limit -> Nullable<Integer>,
        daily_limit -> Nullable<Integer>,
        created_at -> Nullable<Timestamptz>,
        modified_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    sources (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        name -> Text,
        is_imported -> Bool,
        description -> Nullable<Text>,
        is_enabled -> Bool,
        cost_per_lead -> Nullable<BigInt>,
        allowed_states -> Array<Text>,
        allowed_products -> Array<Text>,
        requires_certificate -> Bool,
        default_tags -> Array<Text>,
        created_at -> Nullable<Timestamptz>,
        modified_at -> Nullable<Timestamptz>,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    phone_numbers (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        e164 -> Text,
        is_enabled -> Bool,
        is_sms_capable -> Bool,
        destinations -> Array<Text>,
        registration -> Text,
        ten_dlc_campaign_id -> Nullable<Text>,
        campaign_id -> Nullable<Uuid>,
        source_id -> Nullable<Uuid>,
        owner_id -> Nullable<Uuid>,
        is_reserved -> Bool,
        health -> Text,
        cooling_until -> Nullable<Timestamptz>,
        hourly_limit -> Nullable<Integer>,
        daily_limit -> Nullable<Integer>,
        minute_limit -> Nullable<Integer>,
        warm_up_started_on -> Nullable<Date>,
        provider_account -> Text,
        messaging_profile_id -> Nullable<Text>,
        name -> Nullable<Text>,
        created_at -> Nullable<Timestamptz>,
        modified_at -> Nullable<Timestamptz>,
        removed_at -> Nullable<Timestamptz>,
        is_mms_capable -> Bool,
    }
}

diesel::table! {
    phone_directory (e164) {
        e164 -> Text,
        organization_id -> Uuid,
        number_id -> Uuid,
    }
}

diesel::table! {
    counters (organization_id, number_id, kind, window_start) {
        organization_id -> Uuid,
        number_id -> Uuid,
        kind -> Text,
        window_start -> Timestamptz,
        used -> Integer,
        last_taken_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    campaign_counters (organization_id, campaign_id, day_start) {
        organization_id -> Uuid,
        campaign_id -> Uuid,
        day_start -> Timestamptz,
        used -> Integer,
    }
}

diesel::table! {
    lanes (provider_account, number_id) {
        provider_account -> Text,
        number_id -> Uuid,
        next_at -> Timestamptz,
        tail_at -> Timestamptz,
        per_minute -> Integer,
        slowed_to -> Nullable<Integer>,
        slowed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    campaign_lanes (organization_id, campaign_id) {
        organization_id -> Uuid,
        campaign_id -> Uuid,
        next_at -> Timestamptz,
        tail_at -> Timestamptz,
        per_minute -> Integer,
        slowed_to -> Nullable<Integer>,
        slowed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    account_lanes (provider_account) {
        provider_account -> Text,
        next_at -> Timestamptz,
        per_second -> Integer,
    }
}

diesel::table! {
    leads (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        phone -> Text,
        state -> Nullable<Text>,
        postal_code -> Nullable<Text>,
        consent_basis -> Nullable<Text>,
        consent_at -> Nullable<Timestamptz>,
        assigned_number_id -> Nullable<Uuid>,
        owner_id -> Nullable<Uuid>,
        source_id -> Nullable<Uuid>,
        campaign_id -> Nullable<Uuid>,
        is_archived -> Bool,
        name -> Nullable<Text>,
        consent_id -> Nullable<Uuid>,
        last_purchase_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    lead_details (organization_id, lead_id) {
        organization_id -> Uuid,
        lead_id -> Uuid,
        version -> BigInt,
        details -> Jsonb,
        created_at -> Timestamptz,
        modified_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    lead_intakes (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        source_id -> Nullable<Uuid>,
        own_id -> Nullable<Text>,
        lead_id -> Uuid,
        key_id -> Uuid,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    conversations (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        lead_id -> Uuid,
        active_number_id -> Nullable<Uuid>,
        active_since -> Nullable<Timestamptz>,
        override_number_id -> Nullable<Uuid>,
        last_inbound_at -> Nullable<Timestamptz>,
        awaits_opt_out_review -> Bool,
        first_sent_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    recipients (organization_id, phone) {
        organization_id -> Uuid,
        phone -> Text,
        version -> BigInt,
        recent_ids -> Array<Uuid>,
        recent_at -> Array<Timestamptz>,
        recent_hash -> Array<BigInt>,
        recent_counted -> Array<Bool>,
    }
}

diesel::table! {
    suppressions (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        phone -> Text,
        channel -> Text,
        scope -> Text,
        scope_id -> Nullable<Uuid>,
        source -> Text,
        reason -> Nullable<Text>,
        created_at -> Timestamptz,
        released_at -> Nullable<Timestamptz>,
        renewed_at -> Nullable<Timestamptz>,
        provider_account -> Nullable<Text>,
        messaging_profile_id -> Nullable<Text>,
        created_by -> Nullable<Text>,
        released_by -> Nullable<Text>,
        release_reason -> Nullable<Text>,
        recipient_identifier -> Nullable<Text>,
    }
}

diesel::table! {
    opt_ins (organization_id, phone, number_id, provider_account, messaging_profile_id) {
        organization_id -> Uuid,
        phone -> Text,
        number_id -> Uuid,
        provider_account -> Text,
        messaging_profile_id -> Text,
        at -> Timestamptz,
    }
}

diesel::table! {
    submissions (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        conversation_id -> Uuid,
        lead_id -> Uuid,
        requested_at -> Timestamptz,
        created_at -> Timestamptz,
        received_at -> Nullable<Timestamptz>,
        scheduled_until -> Nullable<Timestamptz>,
        number_id -> Nullable<Uuid>,
        quote -> Nullable<BigInt>,
        reserved_number_id -> Nullable<Uuid>,
        reserved_hour -> Nullable<Timestamptz>,
        reserved_day -> Nullable<Timestamptz>,
        segments -> Integer,
        priority -> SmallInt,
        is_warmup -> Bool,
        recipient -> Text,
        body -> Nullable<Text>,
        traffic -> Text,
        from_number -> Nullable<Text>,
        selection -> Nullable<Text>,
        ten_dlc_campaign_id -> Nullable<Text>,
        provider_account -> Nullable<Text>,
        messaging_profile_id -> Nullable<Text>,
        compliance -> Nullable<Text>,
        scheduled_reason -> Nullable<Text>,
        options -> Nullable<Json>,
        reserved_limits -> Nullable<Json>,
        first_decision -> Nullable<Bytea>,
        decided_in -> Nullable<BigInt>,
    }
}

diesel::table! {
    messages (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        version -> BigInt,
        modified_at -> Timestamptz,
        due_at -> Nullable<Timestamptz>,
        queued_at -> Nullable<Timestamptz>,
        sending_started_at -> Nullable<Timestamptz>,
        sent_at -> Nullable<Timestamptz>,
        delivered_at -> Nullable<Timestamptz>,
        failed_at -> Nullable<Timestamptz>,
        undeliverable_at -> Nullable<Timestamptz>,
        blocked_at -> Nullable<Timestamptz>,
        canceled_at -> Nullable<Timestamptz>,
        retry_at -> Nullable<Timestamptz>,
        unknown_since -> Nullable<Timestamptz>,
        hold -> BigInt,
        attempts_last -> Integer,
        attempts_counted -> Integer,
        is_unconfirmed -> Bool,
        is_reopened -> Bool,
        has_switched_number -> Bool,
        status -> Text,
        billing_status -> Nullable<Text>,
        provider_message_id -> Nullable<Text>,
        error_code -> Nullable<Text>,
        error_message -> Nullable<Text>,
        reason -> Nullable<Text>,
        status_reason -> Nullable<Text>,
        journal -> Nullable<Text>,
    }
}

diesel::table! {
    due (organization_id, message_id) {
        organization_id -> Uuid,
        message_id -> Uuid,
        priority -> SmallInt,
        provider_account -> Text,
        due_at -> Timestamptz,
        is_ready -> Bool,
        recipient -> Text,
        number_id -> Nullable<Uuid>,
        campaign_id -> Nullable<Uuid>,
        is_paused -> Bool,
    }
}

diesel::table! {
    attempts (organization_id, message_id, number) {
        organization_id -> Uuid,
        message_id -> Uuid,
        number -> Integer,
        token_hash -> Bytea,
        idempotency_key -> Text,
        provider_account -> Text,
        started_at -> Timestamptz,
        calls -> Integer,
        is_void -> Bool,
        request -> Nullable<Bytea>,
        evidence -> Nullable<Bytea>,
        provider_message_id -> Nullable<Text>,
        money -> Text,
        confirmation -> Nullable<Bytea>,
        decided_in -> Nullable<BigInt>,
    }
}

diesel::table! {
    attempt_tokens (hash) {
        hash -> Bytea,
        organization_id -> Uuid,
        message_id -> Uuid,
        number -> Integer,
    }
}

diesel::table! {
    journals (organization_id, message_id, seq) {
        organization_id -> Uuid,
        message_id -> Uuid,
        seq -> BigInt,
        entries -> Json,
    }
}

diesel::table! {
    decisions (organization_id, message_id, seq) {
        organization_id -> Uuid,
        message_id -> Uuid,
        seq -> BigInt,
        record -> Bytea,
        decided_in -> Nullable<BigInt>,
    }
}

diesel::table! {
    fact_snapshots (organization_id, hash) {
        organization_id -> Uuid,
        hash -> Bytea,
        facts -> Bytea,
    }
}

diesel::table! {
    idempotency_keys (organization_id, key) {
        organization_id -> Uuid,
        key -> Text,
        message_id -> Uuid,
        request_hash -> Bytea,
        hash_version -> SmallInt,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    provider_events (provider_account, event_id) {
        provider_account -> Text,
        event_id -> Text,
        event_type -> Text,
        occurred_at -> Timestamptz,
        received_at -> Timestamptz,
        provider_message_id -> Nullable<Text>,
        organization_id -> Nullable<Uuid>,
        message_id -> Nullable<Uuid>,
        payload -> Bytea,
    }
}

diesel::table! {
    awaited_texts (provider_account, event_id, e164) {
        provider_account -> Text,
        event_id -> Text,
        e164 -> Text,
    }
}

diesel::table! {
    received_attachments (organization_id, message_id) {
        organization_id -> Uuid,
        message_id -> Uuid,
        subject -> Nullable<Text>,
        media -> Jsonb,
        fetch_due_at -> Nullable<Timestamptz>,
        fetch_tries -> SmallInt,
    }
}

diesel::table! {
    media (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        message_id -> Nullable<Uuid>,
        content_type -> Text,
        file_name -> Nullable<Text>,
        sha256 -> Bytea,
        size -> Integer,
        content -> Bytea,
        created_at -> Timestamptz,
        kept_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    received_texts (organization_id, provider_account, provider_message_id) {
        organization_id -> Uuid,
        provider_account -> Text,
        provider_message_id -> Text,
        message_id -> Uuid,
    }
}

diesel::table! {
    wallets (organization_id) {
        organization_id -> Uuid,
        balance -> BigInt,
        held -> BigInt,
        created_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    ledger (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        message_id -> Nullable<Uuid>,
        attempt -> Nullable<Integer>,
        kind -> Text,
        amount -> BigInt,
        at -> Timestamptz,
        reference -> Nullable<Text>,
    }
}

diesel::table! {
    consents (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        lead_id -> Uuid,
        basis -> Text,
        at -> Timestamptz,
        text_shown -> Nullable<Text>,
        page_url -> Nullable<Text>,
        ip_address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        certificate_url -> Nullable<Text>,
        sellers -> Jsonb,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        revoked_channel -> Nullable<Text>,
    }
}

diesel::table! {
    scrub_lists (organization_id) {
        organization_id -> Uuid,
        generation -> BigInt,
        as_of -> Date,
        numbers -> BigInt,
        imported_at -> Timestamptz,
    }
}

diesel::table! {
    national_dnc (organization_id, generation, exchange) {
        organization_id -> Uuid,
        generation -> BigInt,
        exchange -> Integer,
        listed -> Bytea,
    }
}

diesel::table! {
    reassigned (organization_id, phone, consent_on) {
        organization_id -> Uuid,
        phone -> Text,
        consent_on -> Date,
        asked_on -> Date,
        answer -> Text,
    }
}

diesel::table! {
    pauses (organization_id) {
        organization_id -> Uuid,
        version -> BigInt,
        is_paused -> Bool,
        numbers -> Array<Uuid>,
        campaigns -> Array<Uuid>,
        turned_to -> Nullable<Uuid>,
        woken_to -> Nullable<Uuid>,
    }
}

diesel::table! {
    emergencies (id) {
        id -> Uuid,
        jurisdiction -> Text,
        postal_prefixes -> Array<Text>,
        source -> Text,
        ends_at -> Nullable<Timestamptz>,
        declared_at -> Timestamptz,
        declared_by -> Text,
        lifted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    emergency_versions (is_only) {
        is_only -> Bool,
        version -> BigInt,
    }
}

diesel::table! {
    audit_log (id) {
        id -> BigInt,
        at -> Timestamptz,
        organization_id -> Nullable<Uuid>,
        actor_kind -> Text,
        actor -> Text,
        origin -> Text,
        action -> Text,
        target -> Text,
        before -> Nullable<Jsonb>,
        after -> Nullable<Jsonb>,
    }
}

diesel::table! {
    webhook_endpoints (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        url -> Text,
        description -> Nullable<Text>,
        kinds -> Array<Text>,
        is_enabled -> Bool,
        secret_generation -> Integer,
        secret_key_mark -> BigInt,
        created_at -> Timestamptz,
        modified_at -> Timestamptz,
        failures -> Integer,
        failing_since -> Nullable<Timestamptz>,
        switched_off -> Nullable<Text>,
        switched_off_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    webhook_events (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        at -> Timestamptz,
        message_id -> Nullable<Uuid>,
        number -> Nullable<Integer>,
        data -> Text,
    }
}

diesel::table! {
    webhook_deliveries (organization_id, endpoint_id, event_id) {
        organization_id -> Uuid,
        endpoint_id -> Uuid,
        event_id -> Uuid,
        due_at -> Timestamptz,
        tries -> SmallInt,
    }
}

diesel::table! {
    webhook_attempts (organization_id, endpoint_id, at, event_id) {
        organization_id -> Uuid,
        endpoint_id -> Uuid,
        at -> Timestamptz,
        event_id -> Uuid,
        kind -> Text,
        number -> SmallInt,
        took_ms -> Integer,
        status -> Nullable<SmallInt>,
        fault -> Nullable<Text>,
        result -> Text,
        next_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    number_troubles (organization_id, number_id, kind, reference) {
        organization_id -> Uuid,
        number_id -> Uuid,
        kind -> Text,
        reference -> Text,
        at -> Timestamptz,
    }
}

diesel::table! {
    health_changes (organization_id, number_id, at) {
        organization_id -> Uuid,
        number_id -> Uuid,
        at -> Timestamptz,
        before -> Text,
        after -> Text,
        reason -> Text,
        cooling_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    rule_sets (hash) {
        hash -> Text,
        files -> Jsonb,
        stored_at -> Timestamptz,
    }
}

diesel::table! {
    law_users (process) {
        process -> Uuid,
        hash -> Text,
        is_transition -> Bool,
        seen_at -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(conversations, leads);
