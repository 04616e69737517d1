package dev.sandboxer.http.ports;

import java.util.function.IntConsumer;

/**
 * A request that goes on to another proxy, which adds what servers behind it want to know: as it came, in each header but those
 * that concern the connection.
 *
 * @param target path and query, not to be decoded
 * @param onStatus told the response's status before anything of it is passed on; what it throws is for the caller of the
 *     forwarder, who answers instead
 */
public record Onward(String target, IntConsumer onStatus) {}
