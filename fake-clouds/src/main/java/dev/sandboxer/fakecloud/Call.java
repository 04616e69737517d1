package dev.sandboxer.fakecloud;

import org.jspecify.annotations.Nullable;

/**
 * What of a request decides whether a rule is about it.
 *
 * @param path without the query
 * @param query as it was sent; empty when there is none
 * @param sandbox the id of the sandbox that it is about; null = about none
 */
public record Call(
        String method, String path, String query, @Nullable String sandbox) {}
