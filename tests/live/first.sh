# The main job: a container from a config file, and nothing left of it.

# The milestone: `microctr start web.conf` brings up a web server and a page comes back from it.
test_web_server() {
  mkdir "$T/www"
  echo "hello from the container" >"$T/www/index.html"
  web=$(busybox_conf web "httpd -f -p 80 -h /www" "volume = $T/www:/www:ro" "memory = 16M" "pids = 32" \
    "network = veth" "ip = 10.0.0.2/24")
  microctr start "$web"
  same page "hello from the container" "$(curl -s --max-time 5 http://10.0.0.2/)"
  has running "$(microctr list)"
  microctr stop web
  has exited "$(microctr list)"
}
