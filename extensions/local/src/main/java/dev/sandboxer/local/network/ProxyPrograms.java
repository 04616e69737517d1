package dev.sandboxer.local.network;

import dev.sandboxer.local.host.HostPrograms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The host's programs that enforce rules on domains.
 *
 * @param streamModule the nginx module that passes TLS on without decrypting it
 */
record ProxyPrograms(Path dnsmasq, Path nginx, Path streamModule) {
    private static final Path STREAM_MODULE = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

    static Optional<ProxyPrograms> ofThisHost() {
        var dnsmasq = HostPrograms.find("dnsmasq");
        var nginx = HostPrograms.find("nginx");
        return dnsmasq.isPresent() && nginx.isPresent() && Files.exists(STREAM_MODULE)
                ? Optional.of(new ProxyPrograms(dnsmasq.get(), nginx.get(), STREAM_MODULE))
                : Optional.empty();
    }

    /** Returns the Debian packages that have to be installed for these programs. */
    static List<String> missing() {
        var packages = new ArrayList<String>();
        if (HostPrograms.find("dnsmasq").isEmpty()) {
            packages.add("dnsmasq-base");
        }
        if (HostPrograms.find("nginx").isEmpty()) {
            packages.add("nginx-light");
        }
        if (!Files.exists(STREAM_MODULE)) {
            packages.add("libnginx-mod-stream");
        }
        return packages;
    }
}
