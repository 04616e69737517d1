package dev.sandboxer.local.packages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The host's apt fetches packages from a repository that the test makes. */
@Timeout(300)
class HostAptIT {
    @TempDir
    Path here;

    private HostApt apt;

    @BeforeEach
    void makeRepository() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/apt-get")), "needs apt on this host");
        var script = """
                mkdir -p repository apt
                for p in 'sbx-tool sbx-lib' 'sbx-lib dpkg'; do
                    name=${p%% *}; mkdir -p p/DEBIAN
                    printf 'Package: %s\\nVersion: 1:1.0\\nArchitecture: all\\nDepends: %s\\n' $name ${p##* } >p/DEBIAN/control
                    printf 'Maintainer: a <a@b.c>\\nDescription: x\\n' >>p/DEBIAN/control
                    dpkg-deb --root-owner-group -b p repository/$name.deb; rm -r p
                done
                cd repository
                for f in *.deb; do
                    dpkg-deb -f $f; echo Filename: ./$f; echo Size: $(stat -c %s $f)
                    echo SHA256: $(sha256sum $f | cut -d' ' -f1); echo
                done >Packages
                echo "deb [trusted=yes] copy:$PWD ./" >../apt/sources.list
                """;
        var process = new ProcessBuilder("sh", "-euc", script)
                .directory(here.toFile())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        apt = new HostApt(here.resolve("apt"), here.resolve("own"), InstantSource.system());
    }

    @Test
    void a_package_is_fetched_with_its_dependencies_and_the_host_is_not_changed() throws Exception {
        var status = Files.readString(Path.of("/var/lib/dpkg/status"));
        var lists = Files.getLastModifiedTime(Path.of("/var/lib/apt/lists"));

        var files = apt.fetch(List.of("sbx-tool"), true);

        assertThat(files)
                .extracting(file -> file.getFileName().toString())
                .containsExactlyInAnyOrder("sbx-lib_1%3a1.0_all.deb", "sbx-tool_1%3a1.0_all.deb");
        assertThat(files).allMatch(file -> file.startsWith(here.resolve("own")));
        assertThat(Files.readString(Path.of("/var/lib/dpkg/status"))).isEqualTo(status);
        assertThat(Files.getLastModifiedTime(Path.of("/var/lib/apt/lists"))).isEqualTo(lists);
        assertThat(apt.fetch(List.of("dpkg"), true))
                .as("already installed on the host")
                .isEmpty();
    }

    @Test
    void a_full_disk_means_that_there_is_no_room() throws Exception {
        var small = Files.createDirectory(here.resolve("small"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=16k", "sandboxer-test", small.toString()) == 0,
                "needs the right to mount a tmpfs");
        try {
            var onSmallDisk = new HostApt(here.resolve("apt"), small, InstantSource.system());
            assertThatThrownBy(() -> onSmallDisk.fetch(List.of("sbx-tool"), true))
                    .isInstanceOfSatisfying(
                            ExtensionException.class,
                            e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(Kind.CAPACITY))
                    .hasMessageContaining("the host's disk is full; free some space");
        } finally {
            run("umount", "--lazy", small.toString());
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor();
    }

    @Test
    void unknown_and_invalid_package_names_are_refused() {
        assertThatThrownBy(() -> apt.fetch(List.of("sbx-nothing"), true))
                .isInstanceOf(ExtensionException.class)
                .hasMessage("this host's apt: Unable to locate package sbx-nothing");
        for (String option : List.of("-oDpkg::Post-Invoke::=id", "--reinstall", "/etc/passwd", "a b", "lib.*")) {
            assertThatThrownBy(() -> apt.fetch(List.of(option), true))
                    .hasMessageContaining("is not the name of a package");
        }
    }
}
