package dev.sandboxer.cli.templates;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages that the host's apt fetches for sandboxes without a network, from a repository of the test. */
class HostPackagesIT {
    private static final Path STATUS = Path.of("/var/lib/dpkg/status");
    private static final List<Path> OF_THE_HOST =
            List.of(STATUS, Path.of("/var/lib/apt"), Path.of("/var/lib/apt/lists"), Path.of("/var/cache/apt/archives"));

    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    @TempDir
    Path here;

    @BeforeEach
    void makeRepository() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/apt-get")), "a host with apt");
        assumeTrue(
                cli.run("extensions", "--json").out().contains("\"packages\""), "a host whose sandboxes take packages");
        deb("sbx-tool", "sbx-lib (= 1:1.0), dpkg", "sbx-extra");
        deb("sbx-lib", "dpkg", "");
        deb("sbx-extra", "dpkg", "");
        sh("cd repository; for f in *.deb; do dpkg-deb -f $f; echo Filename: ./$f; echo Size: $(stat -c %s $f);"
                + " echo SHA256: $(sha256sum $f | cut -d' ' -f1); echo; done >Packages");
        Files.createDirectories(here.resolve("apt/apt.conf.d"));
        Files.writeString(
                here.resolve("apt/sources.list"), "deb [trusted=yes] copy:" + here.resolve("repository") + " ./\n");
        Files.writeString(
                here.resolve("apt/apt.conf.d/hook"),
                "APT::Update::Post-Invoke {\"touch " + here.resolve("hooked") + "\"; };\n");
        allow();
    }

    private void allow() throws IOException {
        Files.writeString(cli.home().resolve("config.yaml"), "host: {packages: " + here.resolve("apt") + "}\n");
    }

    private void deb(String name, String depends, String recommends) throws Exception {
        sh("""
                mkdir -p repository p/DEBIAN p/usr/bin
                printf '#!/bin/sh\\necho %1$s works\\n' >p/usr/bin/%1$s; chmod 755 p/usr/bin/%1$s
                printf 'Package: %1$s\\nVersion: 1:1.0\\nArchitecture: all\\nDepends: %2$s\\n' >p/DEBIAN/control
                [ -z '%3$s' ] || echo 'Recommends: %3$s' >>p/DEBIAN/control
                printf 'Maintainer: a <a@b.c>\\nDescription: x\\n' >>p/DEBIAN/control
                printf '#!/bin/sh\\necho %1$s >>/srv/configured\\n' >p/DEBIAN/postinst; chmod 755 p/DEBIAN/postinst
                dpkg-deb --root-owner-group -b p repository/%1$s.deb; rm -r p
                """.formatted(name, depends, recommends));
    }

    private void sh(String script) throws Exception {
        var process = new ProcessBuilder("sh", "-euc", script)
                .directory(here.toFile())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private Cli.Result build(String name, String dockerfile) throws IOException {
        var file = Files.writeString(here.resolve("Dockerfile"), dockerfile);
        return cli.run("templates", "build", name, "-f", file.toString());
    }

    private static List<Object> host() throws IOException {
        var state = new ArrayList<Object>(List.of(Files.readString(STATUS)));
        for (Path path : OF_THE_HOST) {
            state.add(Files.exists(path) ? Files.getLastModifiedTime(path) : path);
        }
        return state;
    }

    @Test
    void packages_come_from_the_hosts_apt_with_dependencies_and_the_host_is_unchanged() throws IOException {
        var before = host();

        var built = build("tools", """
                FROM base
                RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \\
                        sbx-tool && rm -rf /var/lib/apt/lists/*
                RUN sbx-tool
                RUN command -v sbx-extra || { apt-get install -y sbx-extra; sbx-extra; }
                """);

        assertThat(built.status()).as(built.err()).isZero();
        assertThat(built.err()).contains("packages from this host's apt: 2").contains("sbx-extra works");
        assertThat(host()).isEqualTo(before);
        assertThat(here.resolve("hooked")).doesNotExist();
        assertThat(Path.of("/usr/bin/sbx-tool")).doesNotExist();
        assertThat(cli.run("run", "-p", "tools", "sh", "-c", """
                        sbx-lib; dpkg-query -W -f '${Package} ${Status}\\n' 'sbx-*'; cat /srv/configured
                        ls -d /var/cache/sandboxer-packages /var/lib/apt/lists/*packages* 2>/dev/null; exit 0""").out()).isEqualTo("""
                        sbx-lib works
                        sbx-extra install ok installed
                        sbx-lib install ok installed
                        sbx-tool install ok installed
                        sbx-lib
                        sbx-tool
                        sbx-extra
                        """);
    }

    @Test
    void recommended_packages_are_included_and_each_package_is_fetched_once() throws Exception {
        assertThat(build("all", "FROM base\nRUN apt-get install -y sbx-tool\nRUN sbx-extra\n")
                        .status())
                .isZero();
        sh("rm repository/*.deb");

        assertThat(build("again", "FROM base\nRUN apt-get install -y sbx-tool\nRUN sbx-extra\n")
                        .status())
                .isZero();
    }

    @Test
    void a_missing_package_fails_its_step_with_the_message_of_apt() throws IOException {
        assertThat(build("none", "FROM base\nRUN apt-get install -y sbx-nothing\n")
                        .err())
                .contains("RUN apt-get install -y sbx-nothing: it ended with exit code 100;"
                        + " this host's apt: Unable to locate package sbx-nothing [build_failed]");
    }

    @Test
    void a_step_that_needs_packages_without_permission_says_how_to_grant_it() throws IOException {
        Files.delete(cli.home().resolve("config.yaml"));

        assertThat(build("refused", "FROM base\nRUN apt-get install -y sbx-tool\n")
                        .err())
                .contains("its sandbox has no network (set network: all in its profile)")
                .contains("host: {packages: /etc/apt} in config.yaml")
                .contains("[build_failed]");
    }
}
