package dev.sandboxer.fakecloud;

import org.jspecify.annotations.Nullable;

/**
 * A request, as far as rules can match it.
 *
 * @param path without the query
 * @param query as it was sent; empty when there is none
 * @param sandbox id of the sandbox that the request is about; null = none
 */
public record Call(
        String method, String path, String query, @Nullable String sandbox) {}
