package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.edge.Caller;
import java.net.URI;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where clients reach the router, which is the port of the control plane. The clients for JavaScript and Go insist on {@code
 * https}, and speak plaintext all the same to a server on this machine.
 *
 * @param advertised null = the address that it listens on
 * @param listening the port, once it is known
 */
record RouterAddress(@Nullable URI advertised, String host, Supplier<Integer> listening) {
    String of(Caller caller) {
        if (advertised != null) {
            return advertised.toString();
        }
        return (caller.isPython() ? "http://" : "https://") + host + ":" + listening.get();
    }
}
