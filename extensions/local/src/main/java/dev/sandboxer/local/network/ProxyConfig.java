package dev.sandboxer.local.network;

import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget.Domain;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The configuration of dnsmasq and nginx, the proxies that enforce rules on domains. The proxies resolve each name themselves, so a
 * sandbox can't redirect an allowed name to another address.
 *
 * @param rules the rules to enforce; only the allowed domains are used
 * @param resolvers the host's name servers
 */
record ProxyConfig(NetworkRules rules, List<InetAddress> resolvers) {
    private static final String NGINX = """
            daemon off;
            master_process off;
            pid /tmp/nginx.pid;
            error_log /dev/null crit;
            load_module %s;
            events { worker_connections 4096; }
            stream {
                resolver 127.0.0.1 ipv6=off;
                map_hash_bucket_size 512;
                map_hash_max_size 16384;
                map $ssl_preread_server_name $target {
                    hostnames;
                    default "";
            %s    }
                server {
                    listen 127.0.0.1:10443;
                    ssl_preread on;
                    preread_timeout 30s;
                    proxy_connect_timeout 30s;
                    proxy_timeout 1h;
                    proxy_buffer_size 64k;
                    proxy_pass $target;
                }
            }
            http {
                resolver 127.0.0.1 ipv6=off;
                access_log off;
                server_tokens off;
                server_names_hash_bucket_size 512;
                server_names_hash_max_size 16384;
                client_body_temp_path /tmp/body;
                proxy_temp_path /tmp/proxy;
                fastcgi_temp_path /tmp/fastcgi;
                uwsgi_temp_path /tmp/uwsgi;
                scgi_temp_path /tmp/scgi;
                client_max_body_size 0;
                large_client_header_buffers 8 64k;
                underscores_in_headers on;
                ignore_invalid_headers off;
                merge_slashes off;
                map $http_upgrade $upgrading { default upgrade; "" ""; }
                server {
                    listen 127.0.0.1:10080 default_server;
                    return 403 "the network rules of this sandbox do not allow this host\\n";
                }
                server {
                    listen 127.0.0.1:10080;
                    server_name%s;
                    location / {
                        proxy_pass http://$host:80$request_uri;
                        proxy_http_version 1.1;
                        proxy_set_header Host $host;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection $upgrading;
                        proxy_buffering off;
                        proxy_buffer_size 64k;
                        proxy_buffers 4 64k;
                        proxy_busy_buffers_size 128k;
                        proxy_request_buffering off;
                        proxy_redirect off;
                        proxy_connect_timeout 30s;
                        proxy_read_timeout 1h;
                        proxy_send_timeout 1h;
                        proxy_pass_header Server;
                        proxy_pass_header Date;
                        proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset;
                    }
                }
            }
            """;

    private static final String DNSMASQ = """
            keep-in-foreground
            user=
            log-facility=/dev/null
            pid-file=
            no-resolv
            no-hosts
            no-poll
            listen-address=127.0.0.1
            bind-interfaces
            cache-size=1000
            """;

    /** Returns nginx's configuration. Servers receive the checked name as Host, even if the sandbox also sent another one. */
    String nginx(Path streamModule) {
        var targets = domains().stream()
                .map(name -> "        " + name + " $ssl_preread_server_name:443;\n")
                .collect(Collectors.joining());
        var names = domains().stream().map(name -> " " + name).collect(Collectors.joining());
        return NGINX.formatted(streamModule, targets, names);
    }

    /**
     * Returns dnsmasq's configuration. It answers only for allowed names, because a lookup of any other name could carry data out. By
     * default dnsmasq also answers for all subdomains of a name; a {@code local} line turns that off.
     */
    String dnsmasq() {
        var lines = new StringBuilder(DNSMASQ);
        for (String name : domains()) {
            if (!name.startsWith("*.") && !domains().contains("*." + name)) {
                lines.append("local=/*.").append(name).append("/\n");
            }
            for (InetAddress resolver : resolvers) {
                lines.append("server=/")
                        .append(name)
                        .append('/')
                        .append(resolver.getHostAddress())
                        .append('\n');
            }
        }
        return lines.toString();
    }

    private List<String> domains() {
        return rules.allow().stream()
                .filter(Domain.class::isInstance)
                .map(Object::toString)
                .distinct()
                .toList();
    }
}
