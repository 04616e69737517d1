package dev.sandboxer.http.ports;

import java.util.function.IntConsumer;

/**
 * Another proxy to which a request is sent. It adds forwarding headers of its own, so all headers except the hop-by-hop ones are passed on
 * unchanged.
 *
 * @param target the path and query, passed on undecoded
 * @param onStatus gets the status before any of the response is passed on; if it throws, the forwarder's caller answers instead
 */
public record UpstreamProxy(String target, IntConsumer onStatus) {}
