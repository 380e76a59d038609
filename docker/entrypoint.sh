#!/bin/sh
# n8n loads packages from its data folder only, and there a volume hides what the image has. So the
# package is put there at each start, and n8n is started as its image does.
set -eu

tarball=/opt/n8n-nodes-sahut/package.tgz
package="${N8N_USER_FOLDER:-$HOME}/.n8n/nodes/node_modules/n8n-nodes-sahut"

# Containers of one n8n may share the volume: what one of them has loaded is left alone.
if ! cmp -s "$tarball" "$package/package.tgz"; then
	rm -rf "$package"
	mkdir -p "$package"
	tar -xzf "$tarball" -C "$package" --strip-components=1
	cp "$tarball" "$package/package.tgz"
fi

exec /docker-entrypoint.sh "$@"
