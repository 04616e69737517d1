package dev.sandboxer.http.ports;

import java.util.function.IntConsumer;

/**
 * A request that goes to another proxy, which adds forwarding headers of its own. So all headers but the hop-by-hop ones are passed on
 * as they came.
 *
 * @param target the path and query, passed on undecoded
 * @param onStatus gets the response's status before anything of it is passed on; if it throws, the forwarder's caller answers instead
 */
public record UpstreamProxy(String target, IntConsumer onStatus) {}
