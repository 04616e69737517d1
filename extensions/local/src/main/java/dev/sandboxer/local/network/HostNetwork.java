package dev.sandboxer.local.network;

import dev.sandboxer.extension.HostReport.Finding;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRuleKind;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.host.HostPrograms;
import dev.sandboxer.local.host.HostUser;
import dev.sandboxer.local.host.Launcher;
import dev.sandboxer.local.host.RootSource;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The network that this host can give its sandboxes.
 *
 * @param nft the program that loads the rules; null = there is no network
 * @param slirp connects the sandboxes of a plain user; null when running as root
 * @param proxies the programs that rules on domains need; null = not installed, or not running as root
 * @param missing why there is no network; empty if there is one
 * @param remedy how to get a network; may be empty
 * @param namespace the network namespace through which sandboxes reach the outside; null = this process's
 * @param resolverFiles files that list the host's name servers; the first file with a usable one counts
 */
public record HostNetwork(
        @Nullable Path nft,
        @Nullable Slirp slirp,
        @Nullable ProxyPrograms proxies,
        String missing,
        String remedy,
        @Nullable Path namespace,
        List<Path> resolverFiles) {
    private static final List<Path> RESOLVER_FILES =
            List.of(Path.of("/etc/resolv.conf"), Path.of("/run/systemd/resolve/resolv.conf"));

    public HostNetwork {
        resolverFiles = List.copyOf(resolverFiles);
    }

    /** Returns the network of this process's own namespace. Cheap: only looks for programs. */
    public static HostNetwork ofThisHost() {
        return of(null, RESOLVER_FILES);
    }

    /** Returns a network whose sandboxes reach the outside through the given namespace instead of this process's. */
    public static HostNetwork inNamespace(Path namespace, Path resolverFile) {
        return of(namespace, List.of(resolverFile));
    }

    /** Returns a value for hosts whose sandboxes never get a network. */
    public static HostNetwork none() {
        return new HostNetwork(null, null, null, "these sandboxes get no network", "", null, List.of());
    }

    private static HostNetwork of(@Nullable Path namespace, List<Path> resolverFiles) {
        var nft = HostPrograms.find("nft").orElse(null);
        if (HostUser.isRoot()) {
            return nft == null
                    ? missing("nft is not installed", "apt-get install nftables")
                    : new HostNetwork(
                            nft, null, ProxyPrograms.ofThisHost().orElse(null), "", "", namespace, resolverFiles);
        }
        var program = Slirp.find().orElse(null);
        if (nft == null && program == null) {
            return missing("nft and slirp4netns are not installed", "apt-get install nftables slirp4netns");
        }
        if (nft == null) {
            return missing("nft is not installed", "apt-get install nftables");
        }
        if (program == null) {
            return missing("slirp4netns is not installed", "apt-get install slirp4netns");
        }
        return Slirp.mayMakeInterface()
                ? new HostNetwork(nft, new Slirp(program), null, "", "", namespace, resolverFiles)
                : missing("this user may not open /dev/net/tun", "as root: modprobe tun; chmod 666 /dev/net/tun");
    }

    private static HostNetwork missing(String what, String remedy) {
        return new HostNetwork(null, null, null, what, remedy, null, List.of());
    }

    public boolean isAvailable() {
        return nft != null;
    }

    /** Returns true if the rules allow no call at all. A sandbox with such rules gets loopback only. */
    public static boolean deniesAll(NetworkRules rules) {
        return rules.byDefault() == NetworkPolicy.DENY && rules.allow().isEmpty();
    }

    /** Returns true if rules may name domains. */
    public boolean supportsDomains() {
        return nft != null && proxies != null && !Resolvers.in(resolverFiles).isEmpty();
    }

    /** Returns why there is no network, and what to do about it. */
    public String explainMissing() {
        return remedy.isEmpty() ? missing : missing + "; " + remedy;
    }

    /** Returns why rules can't name domains, and what to do about it. */
    public String explainNoDomains() {
        if (nft == null) {
            return explainMissing();
        }
        if (slirp != null) {
            return "a plain user's sandboxes have rules about addresses only; run as root";
        }
        return proxies == null
                ? "programs are missing on this host; apt-get install " + String.join(" ", ProxyPrograms.missing())
                : "this host has no name server except on loopback; name another one in /etc/resolv.conf";
    }

    /** Writes a sandbox's rules and returns the launcher's options for them; none if the sandbox gets no network. */
    public List<String> launchOptions(SandboxFolder folder, NetworkRules rules) throws IOException {
        if (nft == null || deniesAll(rules)) {
            return List.of();
        }
        var options = new ArrayList<>(writeRules(folder, folder.networkRules(), rules));
        options.addAll(List.of("--network-count", folder.networkCount().toString()));
        if (slirp != null) {
            options.addAll(List.of("--slirp", slirp.program().toString()));
            writeResolver(folder.tree());
            return options;
        }
        for (InetAddress address : Resolvers.in(resolverFiles)) {
            options.addAll(List.of("--resolver", address.getHostAddress()));
        }
        if (namespace != null) {
            options.addAll(List.of("--host-network", namespace.toString()));
        }
        return options;
    }

    /** Writes {@code resolv.conf} for a plain user's sandbox. As root, the launcher writes it. */
    private static void writeResolver(Path tree) throws IOException {
        var file = tree.resolve("etc/resolv.conf");
        Files.deleteIfExists(file);
        Files.writeString(file, "nameserver " + Slirp.RESOLVER.getHostAddress() + "\n");
    }

    /** Writes the rules and the proxies' configuration; returns the options that name these files. */
    private List<String> writeRules(SandboxFolder folder, Path script, NetworkRules rules) throws IOException {
        var resolvers = slirp == null ? Resolvers.in(resolverFiles) : List.of(Slirp.RESOLVER);
        var host = slirp == null ? null : HostAddresses.read();
        Files.writeString(script, new RuleScript(rules, resolvers, host).text());
        var options = new ArrayList<>(
                List.of("--nft", Objects.requireNonNull(nft).toString(), "--network-rules", script.toString()));
        if (proxies != null && rules.kinds().contains(NetworkRuleKind.DOMAIN)) {
            var config = new ProxyConfig(rules, resolvers);
            var dnsmasq = Files.writeString(folder.path().resolve("dnsmasq.conf"), config.dnsmasq());
            var nginx = Files.writeString(folder.path().resolve("nginx.conf"), config.nginx(proxies.streamModule()));
            options.addAll(List.of("--dnsmasq", proxies.dnsmasq().toString(), "--dnsmasq-config", dnsmasq.toString()));
            options.addAll(List.of("--nginx", proxies.nginx().toString(), "--nginx-config", nginx.toString()));
        }
        return options;
    }

    /** Replaces the rules of a sandbox that has a network. */
    public void update(SandboxFolder folder, NetworkRules rules, Path agent) throws IOException {
        var launched = folder.launched().orElseThrow(folder::gone);
        var newRules = folder.networkRules().resolveSibling("network.new");
        var command = new ArrayList<>(List.of(agent.toString(), "network"));
        command.addAll(List.of("--pid", "" + launched.pid(), "--start", "" + launched.pidStart()));
        command.addAll(writeRules(folder, newRules, rules));
        command.addAll(folder.requireAlive().cgroups().options());
        command.addAll(List.of("--stage", RootSource.STAGE.toString()));
        command.addAll(List.of("--timeout-ms", Long.toString(Launcher.TIMEOUT.toMillis())));
        Launcher.run(command, Launcher.NO_OUTPUT, Launcher.TIMEOUT);
        Files.move(newRules, folder.networkRules(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Returns the line that {@code sandboxer doctor} prints about the network. */
    public Finding finding() {
        if (nft == null) {
            return Finding.limited("network", "loopback only: " + missing, remedy);
        }
        if (slirp != null) {
            return Finding.limited(
                    "network",
                    "none, or by rules about addresses (slirp4netns), not domains: you are not root here",
                    "run as root");
        }
        if (Resolvers.in(resolverFiles).isEmpty()) {
            return Finding.limited(
                    "network",
                    "by address only: this host has no name server except on loopback",
                    "name another one in /etc/resolv.conf");
        }
        if (proxies == null) {
            return Finding.limited(
                    "network",
                    "none, or by rules about addresses, not domains",
                    "apt-get install " + String.join(" ", ProxyPrograms.missing()));
        }
        return Finding.ok("network", "none, or by rules about addresses and domains");
    }
}
