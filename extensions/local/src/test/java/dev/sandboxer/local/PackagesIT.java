package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.spec.SandboxSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Local package files can be installed in a sandbox as on any machine. They stay in the sandbox and its snapshots. */
@Timeout(300)
class PackagesIT {
    private static final SandboxSize ROOMY = new SandboxSize(2000, 512, 256);

    private LocalHome home;
    private BackendSandbox sandbox;

    @BeforeEach
    void open() throws Exception {
        home = LocalHome.withImages();
        sandbox = home.create("base", ROOMY);
        assumeTrue(
                home.sh(sandbox, "findmnt -no FSTYPE /usr").equals("overlay"), "needs ID-mapped mounts on this host");
    }

    @AfterEach
    void close() throws IOException {
        if (home != null) {
            home.close();
        }
    }

    private void requireProgram(String name) throws InterruptedException {
        assumeTrue(!home.sh(sandbox, "command -v " + name + " || true").isEmpty(), "needs " + name + " on this host");
    }

    /** Makes NAME.deb, which has a program and a system user with this name. */
    private void makeDeb(String name) throws InterruptedException {
        var script = """
                mkdir -p %1$s/DEBIAN %1$s/usr/bin %1$s/etc
                printf '#!/bin/sh\\necho %1$s works\\n' >%1$s/usr/bin/%1$s; chmod +x %1$s/usr/bin/%1$s; echo x >%1$s/etc/%1$s.conf
                printf 'Package: %1$s\\nVersion: 1\\nArchitecture: all\\nDepends: dpkg\\nMaintainer: a <a@b.c>\\nDescription: x\\n' \\
                    >%1$s/DEBIAN/control; echo /etc/%1$s.conf >%1$s/DEBIAN/conffiles
                printf '#!/bin/sh\\nset -e\\nadduser --system --group --quiet %1$s\\nchown %1$s /etc/%1$s.conf\\n' >%1$s/DEBIAN/postinst
                chmod 755 %1$s/DEBIAN/postinst; dpkg-deb --root-owner-group -b %1$s %1$s.deb >/dev/null && echo made""";
        assertThat(home.sh(sandbox, script.formatted(name))).isEqualTo("made");
    }

    @Test
    void debian_packages_can_be_installed() throws Exception {
        requireProgram("dpkg-deb");
        requireProgram("adduser");
        var before = Files.getLastModifiedTime(Path.of("/var/lib/dpkg/status"));
        makeDeb("sbx-one");
        makeDeb("sbx-two");
        assertThat(home.sh(sandbox, "sudo dpkg -i sbx-one.deb 2>&1")).contains("Setting up sbx-one (1)");
        assertThat(home.sh(sandbox, "sudo apt-get install -y ./sbx-two.deb 2>&1"))
                .contains("Setting up sbx-two (1)");
        assertThat(home.sh(sandbox, """
                sbx-one; sbx-two; stat -c %U /etc/sbx-one.conf /etc/sbx-two.conf
                dpkg-query -W -f '${Status}\\n' sbx-one sbx-two; dpkg -S /usr/bin/sbx-one""")).isEqualTo("""
                sbx-one works
                sbx-two works
                sbx-one
                sbx-two
                install ok installed
                install ok installed
                sbx-one: /usr/bin/sbx-one""");
        assertThat(home.sh(sandbox, "sudo apt-get purge -y sbx-one 2>&1; command -v sbx-one || echo gone"))
                .endsWith("gone");
        assertThat(Path.of("/usr/bin/sbx-two")).doesNotExist();
        assertThat(Files.getLastModifiedTime(Path.of("/var/lib/dpkg/status"))).isEqualTo(before);
        var copy =
                home.create(home.images().snapshot(sandbox.ref(), "installed").template(), ROOMY);
        assertThat(home.sh(copy, "sbx-two; dpkg-query -W -f '${Status}' sbx-two"))
                .isEqualTo("sbx-two works\ninstall ok installed");
    }

    @Test
    void python_packages_can_be_installed() throws Exception {
        requireProgram("pip3");
        assertThat(home.sh(sandbox, """
                python3 - <<'END'
                import zipfile
                with zipfile.ZipFile('sbx_local-1.0-py3-none-any.whl', 'w') as wheel:
                    info = 'sbx_local-1.0.dist-info/'
                    wheel.writestr('sbx_local.py', 'def main(): print("local works")\\n')
                    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: sbx-local\\nVersion: 1.0\\n')
                    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
                    wheel.writestr(info + 'entry_points.txt', '[console_scripts]\\nsbx-local = sbx_local:main\\n')
                    wheel.writestr(info + 'RECORD', '')
                END
                sudo pip3 install --no-index -q ./sbx_local-1.0-py3-none-any.whl 2>/dev/null || echo failed
                sbx-local; python3 -c 'import sbx_local; sbx_local.main()'""")).isEqualTo("local works\nlocal works");
    }

    @Test
    void node_packages_can_be_installed() throws Exception {
        requireProgram("npm");
        assertThat(home.sh(sandbox, """
                mkdir p; cd p; printf '#!/usr/bin/env node\\nconsole.log("local works")\\n' >cli.js
                echo '{"name": "sbx-local", "version": "1.0.0", "bin": {"sbx-local": "cli.js"}}' >package.json
                npm pack --offline >/dev/null 2>&1
                sudo npm install -g --offline --no-audit --no-fund ./sbx-local-1.0.0.tgz >/dev/null 2>&1 || echo failed
                sbx-local; npm ls -g sbx-local | grep -c sbx-local@1.0.0""")).isEqualTo("local works\n1");
    }
}
