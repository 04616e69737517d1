package dev.sandboxer.fakecloud;

import org.jspecify.annotations.Nullable;

/**
 * The properties of a request that rules can match.
 *
 * @param path without the query
 * @param query as it was sent; empty when there is none
 * @param sandbox id of the sandbox that the request names; null = none
 */
public record Call(
        String method, String path, String query, @Nullable String sandbox) {}
